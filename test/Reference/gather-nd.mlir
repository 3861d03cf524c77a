// RUN: weft-interp %s | FileCheck %s
//
// What weft.gather_nd computes, in numbers; docs/spec says why.

// Whole coordinates.
// CHECK: @gather_nd_elements 0: tensor<2xf32> = [1.0, 11.0]
func.func @gather_nd_elements() -> (tensor<2xf32>) {
  %x = weft.constant dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]]> : tensor<3x4xf32>
  %i = weft.constant dense<[[0, 1], [2, 3]]> : tensor<2x2xi64>
  %y = weft.gather_nd %x, %i : (tensor<3x4xf32>, tensor<2x2xi64>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// Half coordinates give slices.
// CHECK: @gather_nd_slices 0: tensor<2x4xf32> = {{\[\[}}8.0, 9.0, 1e+01, 11.0], [0.0, 1.0, 2.0, 3.0]]
func.func @gather_nd_slices() -> (tensor<2x4xf32>) {
  %x = weft.constant dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]]> : tensor<3x4xf32>
  %i = weft.constant dense<[[2], [0]]> : tensor<2x1xi64>
  %y = weft.gather_nd %x, %i : (tensor<3x4xf32>, tensor<2x1xi64>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// Coordinates behind the batch dim.
// CHECK: @gather_nd_batched 0: tensor<2x4xi8> = {{\[\[}}4, 5, 6, 7], [20, 21, 22, 23]]
func.func @gather_nd_batched() -> (tensor<2x4xi8>) {
  %x = weft.constant dense<[[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]], [[12, 13, 14, 15], [16, 17, 18, 19], [20, 21, 22, 23]]]> : tensor<2x3x4xi8>
  %i = weft.constant dense<[[1], [2]]> : tensor<2x1xi64>
  %y = weft.gather_nd %x, %i {batch_dims = 1 : i64} : (tensor<2x3x4xi8>, tensor<2x1xi64>) -> tensor<2x4xi8>
  return %y : tensor<2x4xi8>
}
