// RUN: weft-opt %s | FileCheck %s
//
// weft.requantize parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @requantize_example(
// CHECK: weft.requantize
// CHECK-SAME: : (tensor<1x8xi32>, tensor<8xf32>, tensor<i8>) -> tensor<1x8xi8>
func.func @requantize_example(%x: tensor<1x8xi32>, %s: tensor<8xf32>, %z: tensor<i8>) {
  %r0 = weft.requantize %x, %s zp %z {to = i8, axis = 1 : i64} : (tensor<1x8xi32>, tensor<8xf32>, tensor<i8>) -> tensor<1x8xi8>
  return
}
