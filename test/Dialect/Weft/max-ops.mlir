// RUN: weft-opt %s | FileCheck %s
//
// weft.max parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @max_example(
// CHECK: weft.max %{{.*}}, %{{.*}} : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
func.func @max_example(%a: tensor<4x8xf32>, %b: tensor<1x8xf32>) {
  %y = weft.max %a, %b : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  return
}
