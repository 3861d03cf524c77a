// RUN: weft-opt %s | FileCheck %s
//
// weft.sub parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @sub_example(
// CHECK: weft.sub %{{.*}}, %{{.*}} : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
func.func @sub_example(%a: tensor<4x8xf32>, %b: tensor<1x8xf32>) {
  %y = weft.sub %a, %b : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  return
}
