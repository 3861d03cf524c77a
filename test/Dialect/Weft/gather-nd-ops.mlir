// RUN: weft-opt %s | FileCheck %s
//
// weft.gather_nd parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @gather_nd_example(
// CHECK: weft.gather_nd %{{.*}}, %{{.*}} : (tensor<4x8x3xf32>, tensor<5x2xi64>) -> tensor<5x3xf32>
func.func @gather_nd_example(%x: tensor<4x8x3xf32>, %i: tensor<5x2xi64>) {
  %y = weft.gather_nd %x, %i : (tensor<4x8x3xf32>, tensor<5x2xi64>) -> tensor<5x3xf32>
  return
}
