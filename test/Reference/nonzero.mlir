// RUN: weft-interp %s | FileCheck %s
//
// What weft.nonzero computes, in numbers; docs/spec says why.

// Rows of coordinates, in row-major order.
// CHECK: @nonzero_coordinates 0: tensor<2x2xi64> = {{\[\[}}0, 1], [1, 0]]
func.func @nonzero_coordinates() -> (tensor<2x?xi64>) {
  %x = weft.constant dense<[[0.0, 1.0], [2.0, 0.0]]> : tensor<2x2xf32>
  %y = weft.nonzero %x : (tensor<2x2xf32>) -> tensor<2x?xi64>
  return %y : tensor<2x?xi64>
}
