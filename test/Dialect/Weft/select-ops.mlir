// RUN: weft-opt %s | FileCheck %s
//
// weft.select parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @select_example(
// CHECK: weft.select %{{.*}}, %{{.*}}, %{{.*}} : (tensor<4x1xi1>, tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
func.func @select_example(%c: tensor<4x1xi1>, %a: tensor<4x8xf32>, %b: tensor<1x8xf32>) {
  %y = weft.select %c, %a, %b : (tensor<4x1xi1>, tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  return
}
