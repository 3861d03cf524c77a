// RUN: weft-opt %s | FileCheck %s
//
// weft.or parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @or_example(
// CHECK: weft.or %{{.*}}, %{{.*}} : (tensor<4x8xi32>, tensor<1x8xi32>) -> tensor<4x8xi32>
func.func @or_example(%a: tensor<4x8xi32>, %b: tensor<1x8xi32>) {
  %y = weft.or %a, %b : (tensor<4x8xi32>, tensor<1x8xi32>) -> tensor<4x8xi32>
  return
}
