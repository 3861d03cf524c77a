// RUN: weft-interp %s | FileCheck %s
//
// What weft.transpose computes, in numbers; docs/spec says why.

// Rows become columns.
// CHECK: @transpose_matrix 0: tensor<3x2xi32> = {{\[\[}}0, 3], [1, 4], [2, 5]]
func.func @transpose_matrix() -> (tensor<3x2xi32>) {
  %x = weft.constant dense<[[0, 1, 2], [3, 4, 5]]> : tensor<2x3xi32>
  %y = weft.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x3xi32>) -> tensor<3x2xi32>
  return %y : tensor<3x2xi32>
}

// Result dim i is dim perm[i].
// CHECK: @transpose_rank_three 0: tensor<4x2x3xi8> = {{\[\[\[}}0, 4, 8], [12, 16, 20]], {{\[\[}}1, 5, 9], [13, 17, 21]], {{\[\[}}2, 6, 10], [14, 18, 22]], {{\[\[}}3, 7, 11], [15, 19, 23]]]
func.func @transpose_rank_three() -> (tensor<4x2x3xi8>) {
  %x = weft.constant dense<[[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]], [[12, 13, 14, 15], [16, 17, 18, 19], [20, 21, 22, 23]]]> : tensor<2x3x4xi8>
  %y = weft.transpose %x {perm = array<i64: 2, 0, 1>} : (tensor<2x3x4xi8>) -> tensor<4x2x3xi8>
  return %y : tensor<4x2x3xi8>
}
