// RUN: weft-opt %s | FileCheck %s
//
// weft.pow parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @pow_example(
// CHECK: weft.pow %{{.*}}, %{{.*}} : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
func.func @pow_example(%a: tensor<4x8xf32>, %b: tensor<1x8xf32>) {
  %y = weft.pow %a, %b : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  return
}
