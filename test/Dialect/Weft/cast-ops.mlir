// RUN: weft-opt %s | FileCheck %s
//
// weft.cast parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @cast_example(
// CHECK: weft.cast %{{.*}} {to = i32} : (tensor<4x8xf32>) -> tensor<4x8xi32>
func.func @cast_example(%x: tensor<4x8xf32>) {
  %y = weft.cast %x {to = i32} : (tensor<4x8xf32>) -> tensor<4x8xi32>
  return
}
