// RUN: weft-interp %s | FileCheck %s
//
// What weft.scatter_nd computes, in numbers; docs/spec says why.

// Whole rows are replaced.
// CHECK: @scatter_nd_rows 0: tensor<2x4xf32> = {{\[\[}}0.0, 0.0, 0.0, 0.0], [1.0, 2.0, 3.0, 4.0]]
func.func @scatter_nd_rows() -> (tensor<2x4xf32>) {
  %x = weft.constant dense<[[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]> : tensor<2x4xf32>
  %i = weft.constant dense<[[1]]> : tensor<1x1xi64>
  %u = weft.constant dense<[[1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xf32>
  %y = weft.scatter_nd %x, %i, %u : (tensor<2x4xf32>, tensor<1x1xi64>, tensor<1x4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// Elements are multiplied.
// CHECK: @scatter_nd_mul 0: tensor<2x4xf32> = {{\[\[}}3.0, 3e+01, 3.0, 3.0], [3.0, 3.0, 3.0, 3.0]]
func.func @scatter_nd_mul() -> (tensor<2x4xf32>) {
  %x = weft.constant dense<[[3.0, 3.0, 3.0, 3.0], [3.0, 3.0, 3.0, 3.0]]> : tensor<2x4xf32>
  %i = weft.constant dense<[[0, 1], [0, 1]]> : tensor<2x2xi64>
  %u = weft.constant dense<[2.0, 5.0]> : tensor<2xf32>
  %y = weft.scatter_nd %x, %i, %u {mode = #weft.scatter_mode<mul>} : (tensor<2x4xf32>, tensor<2x2xi64>, tensor<2xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}
