// RUN: weft-opt %s | FileCheck %s
//
// weft.scatter_elements parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @scatter_elements_example(
// CHECK: weft.scatter_elements %{{.*}}, %{{.*}}, %{{.*}} {axis = 1 : i64, mode = #weft.scatter_mode<add>} : (tensor<4x8xf32>, tensor<4x2xi64>, tensor<4x2xf32>) -> tensor<4x8xf32>
func.func @scatter_elements_example(%x: tensor<4x8xf32>, %i: tensor<4x2xi64>, %u: tensor<4x2xf32>) {
  %y = weft.scatter_elements %x, %i, %u {axis = 1 : i64, mode = #weft.scatter_mode<add>} : (tensor<4x8xf32>, tensor<4x2xi64>, tensor<4x2xf32>) -> tensor<4x8xf32>
  return
}
