// RUN: weft-opt %s | FileCheck %s
//
// weft.dequantize parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @dequantize_example(
// CHECK: weft.dequantize
// CHECK-SAME: : (tensor<2x4xi8>, tensor<2xf32>, tensor<2xi8>) -> tensor<2x4xf32>
func.func @dequantize_example(%x: tensor<2x4xi8>, %s: tensor<2xf32>, %z: tensor<2xi8>) {
  %r0 = weft.dequantize %x, %s zp %z {to = f32, axis = 0 : i64} : (tensor<2x4xi8>, tensor<2xf32>, tensor<2xi8>) -> tensor<2x4xf32>
  return
}
