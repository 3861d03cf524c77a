// RUN: weft-opt %s | FileCheck %s
//
// weft.compare parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @compare_example(
// CHECK: weft.compare lt %{{.*}}, %{{.*}} : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xi1>
func.func @compare_example(%a: tensor<4x8xf32>, %b: tensor<1x8xf32>) {
  %y = weft.compare lt %a, %b : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xi1>
  return
}
