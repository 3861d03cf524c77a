// RUN: weft-opt %s | FileCheck %s
//
// weft.and parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @and_example(
// CHECK: weft.and %{{.*}}, %{{.*}} : (tensor<4x8xi32>, tensor<1x8xi32>) -> tensor<4x8xi32>
func.func @and_example(%a: tensor<4x8xi32>, %b: tensor<1x8xi32>) {
  %y = weft.and %a, %b : (tensor<4x8xi32>, tensor<1x8xi32>) -> tensor<4x8xi32>
  return
}
