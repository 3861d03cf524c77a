// RUN: weft-interp %s | FileCheck %s
//
// What weft.grouped_matmul computes, in numbers; docs/spec says why.

// One row times the first matrix, two times the second, none for the third; the last row has no group.
// CHECK: @grouped_matmul_groups 0: tensor<4x1xf32> = {{\[\[}}1.0], [4.0], [6.0], [0.0]]
func.func @grouped_matmul_groups() -> (tensor<4x1xf32>) {
  %a = weft.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]> : tensor<4x2xf32>
  %b = weft.constant dense<[[[1.0], [0.0]], [[0.0], [1.0]], [[9.0], [9.0]]]> : tensor<3x2x1xf32>
  %s = weft.constant dense<[1, 2, 0]> : tensor<3xi64>
  %y = weft.grouped_matmul %a, %b, %s : (tensor<4x2xf32>, tensor<3x2x1xf32>, tensor<3xi64>) -> tensor<4x1xf32>
  return %y : tensor<4x1xf32>
}
