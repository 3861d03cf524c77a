// RUN: weft-interp %s | FileCheck %s
//
// What weft.matmul computes, in numbers; docs/spec says why.

// Batch dims of size 1 broadcast.
// CHECK: @matmul_batched 0: tensor<2x1x2xf32> = {{\[\[}}[1.0, 4.0]], {{\[\[}}3.0, 8.0]]]
func.func @matmul_batched() -> (tensor<2x1x2xf32>) {
  %a = weft.constant dense<[[[1.0, 2.0]], [[3.0, 4.0]]]> : tensor<2x1x2xf32>
  %b = weft.constant dense<[[[1.0, 0.0], [0.0, 2.0]]]> : tensor<1x2x2xf32>
  %y = weft.matmul %a, %b : (tensor<2x1x2xf32>, tensor<1x2x2xf32>) -> tensor<2x1x2xf32>
  return %y : tensor<2x1x2xf32>
}

// Operands stored the other way round.
// CHECK: @matmul_transposed 0: tensor<2x2xf32> = {{\[\[}}4.0, 3.0], [6.0, 4.0]]
func.func @matmul_transposed() -> (tensor<2x2xf32>) {
  %a = weft.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = weft.constant dense<[[1.0, 1.0], [0.0, 1.0]]> : tensor<2x2xf32>
  %y = weft.matmul %a, %b {transpose_lhs = true, transpose_rhs = true} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// Integers accumulate in i32, zero points of rows and columns are subtracted first.
// CHECK: @matmul_zero_points 0: tensor<1x2xi32> = {{\[\[}}6, 4]]
func.func @matmul_zero_points() -> (tensor<1x2xi32>) {
  %a = weft.constant dense<[[10, 12]]> : tensor<1x2xui8>
  %b = weft.constant dense<[[-1, 2], [3, 4]]> : tensor<2x2xi8>
  %z = weft.constant dense<10> : tensor<ui8>
  %w = weft.constant dense<[0, 2]> : tensor<2xi8>
  %y = weft.matmul %a, %b lhs_zp %z rhs_zp %w : (tensor<1x2xui8>, tensor<2x2xi8>, tensor<ui8>, tensor<2xi8>) -> tensor<1x2xi32>
  return %y : tensor<1x2xi32>
}

// A sum over nothing is 0.
// CHECK: @matmul_empty_k 0: tensor<2x2xf32> = {{\[\[}}0.0, 0.0], [0.0, 0.0]]
func.func @matmul_empty_k() -> (tensor<2x2xf32>) {
  %a = weft.constant dense<1.0> : tensor<2x0xf32>
  %b = weft.constant dense<1.0> : tensor<0x2xf32>
  %y = weft.matmul %a, %b : (tensor<2x0xf32>, tensor<0x2xf32>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}
