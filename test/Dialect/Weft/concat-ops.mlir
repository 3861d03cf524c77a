// RUN: weft-opt %s | FileCheck %s
//
// weft.concat parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @concat_example(
// CHECK: weft.concat %{{.*}}, %{{.*}} {axis = 0 : i64} : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<6x3xf32>
func.func @concat_example(%a: tensor<2x3xf32>, %b: tensor<4x3xf32>) {
  %y = weft.concat %a, %b {axis = 0 : i64} : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<6x3xf32>
  return
}
