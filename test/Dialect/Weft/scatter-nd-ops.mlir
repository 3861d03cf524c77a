// RUN: weft-opt %s | FileCheck %s
//
// weft.scatter_nd parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @scatter_nd_example(
// CHECK: weft.scatter_nd %{{.*}}, %{{.*}}, %{{.*}} : (tensor<4x8xf32>, tensor<2x1xi64>, tensor<2x8xf32>) -> tensor<4x8xf32>
func.func @scatter_nd_example(%x: tensor<4x8xf32>, %i: tensor<2x1xi64>, %u: tensor<2x8xf32>) {
  %y = weft.scatter_nd %x, %i, %u : (tensor<4x8xf32>, tensor<2x1xi64>, tensor<2x8xf32>) -> tensor<4x8xf32>
  return
}
