// RUN: weft-interp %s | FileCheck %s
//
// What weft.reshape computes, in numbers; docs/spec says why.

// Row-major order stays.
// CHECK: @reshape_to_column 0: tensor<3x2xi32> = {{\[\[}}0, 1], [2, 3], [4, 5]]
func.func @reshape_to_column() -> (tensor<3x2xi32>) {
  %x = weft.constant dense<[[0, 1, 2], [3, 4, 5]]> : tensor<2x3xi32>
  %y = weft.reshape %x to [3, 2] : (tensor<2x3xi32>) -> tensor<3x2xi32>
  return %y : tensor<3x2xi32>
}
