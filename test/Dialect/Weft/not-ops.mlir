// RUN: weft-opt %s | FileCheck %s
//
// weft.not parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @not_example(
// CHECK: weft.not %{{.*}} : (tensor<4x8xi32>) -> tensor<4x8xi32>
func.func @not_example(%x: tensor<4x8xi32>) {
  %y = weft.not %x : (tensor<4x8xi32>) -> tensor<4x8xi32>
  return
}
