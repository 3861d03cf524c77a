// RUN: weft-opt %s | FileCheck %s
//
// weft.min parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @min_example(
// CHECK: weft.min %{{.*}}, %{{.*}} : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
func.func @min_example(%a: tensor<4x8xf32>, %b: tensor<1x8xf32>) {
  %y = weft.min %a, %b : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  return
}
