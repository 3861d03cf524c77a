// RUN: weft-opt %s | FileCheck %s
//
// weft.mul parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @mul_example(
// CHECK: weft.mul %{{.*}}, %{{.*}} : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
func.func @mul_example(%a: tensor<4x8xf32>, %b: tensor<1x8xf32>) {
  %y = weft.mul %a, %b : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  return
}
