// RUN: weft-opt %s | FileCheck %s
//
// weft.add parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @add_example(
// CHECK: weft.add %{{.*}}, %{{.*}} : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
func.func @add_example(%a: tensor<4x8xf32>, %b: tensor<1x8xf32>) {
  %y = weft.add %a, %b : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  return
}
