// RUN: weft-opt %s | FileCheck %s
//
// weft.div parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @div_example(
// CHECK: weft.div %{{.*}}, %{{.*}} : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
func.func @div_example(%a: tensor<4x8xf32>, %b: tensor<1x8xf32>) {
  %y = weft.div %a, %b : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  return
}
