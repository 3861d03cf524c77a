// RUN: weft-interp %s | FileCheck %s
//
// What weft.gather_elements computes, in numbers; docs/spec says why.

// One element per index; fewer rows than x has.
// CHECK: @gather_elements_rows 0: tensor<2x2xf32> = {{\[\[}}0.0, 3.0], [5.0, 7.0]]
func.func @gather_elements_rows() -> (tensor<2x2xf32>) {
  %x = weft.constant dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]]> : tensor<3x4xf32>
  %i = weft.constant dense<[[0, 3], [1, -1]]> : tensor<2x2xi64>
  %y = weft.gather_elements %x, %i {axis = 1 : i64} : (tensor<3x4xf32>, tensor<2x2xi64>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}
