// RUN: weft-interp %s | FileCheck %s
//
// What weft.gather computes, in numbers; docs/spec says why.

// Negative indices count from the end.
// CHECK: @gather_rows 0: tensor<1x2x4xf32> = {{\[\[\[}}0.0, 1.0, 2.0, 3.0], [8.0, 9.0, 1e+01, 11.0]]]
func.func @gather_rows() -> (tensor<1x2x4xf32>) {
  %x = weft.constant dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]]> : tensor<3x4xf32>
  %i = weft.constant dense<[[0, -1]]> : tensor<1x2xi64>
  %y = weft.gather %x, %i {axis = 0 : i64} : (tensor<3x4xf32>, tensor<1x2xi64>) -> tensor<1x2x4xf32>
  return %y : tensor<1x2x4xf32>
}

// One index list per row.
// CHECK: @gather_batched 0: tensor<3x2xf32> = {{\[\[}}0.0, 3.0], [5.0, 5.0], [1e+01, 8.0]]
func.func @gather_batched() -> (tensor<3x2xf32>) {
  %x = weft.constant dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]]> : tensor<3x4xf32>
  %i = weft.constant dense<[[0, 3], [1, 1], [2, 0]]> : tensor<3x2xi32>
  %y = weft.gather %x, %i {axis = 1 : i64, batch_dims = 1 : i64} : (tensor<3x4xf32>, tensor<3x2xi32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// The place of the axis takes the dims of indices.
// CHECK: @gather_middle_axis 0: tensor<2x2x4xi8> = {{\[\[\[}}8, 9, 10, 11], [0, 1, 2, 3]], {{\[\[}}20, 21, 22, 23], [12, 13, 14, 15]]]
func.func @gather_middle_axis() -> (tensor<2x2x4xi8>) {
  %x = weft.constant dense<[[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]], [[12, 13, 14, 15], [16, 17, 18, 19], [20, 21, 22, 23]]]> : tensor<2x3x4xi8>
  %i = weft.constant dense<[2, 0]> : tensor<2xi64>
  %y = weft.gather %x, %i {axis = 1 : i64} : (tensor<2x3x4xi8>, tensor<2xi64>) -> tensor<2x2x4xi8>
  return %y : tensor<2x2x4xi8>
}
