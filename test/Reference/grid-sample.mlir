// RUN: weft-interp %s | FileCheck %s
//
// What weft.grid_sample computes, in numbers; docs/spec says why.

// -1 and 1 are the borders; half of a border sample lies outside.
// CHECK: @grid_sample_corners 0: tensor<1x1x1x3xf32> = {{\[\[}}{{\[\[}}0.25, 2.5, 1.0]]]]
// CHECK: @grid_sample_corners 1: tensor<1x1x1x3xf32> = {{\[\[}}{{\[\[}}1.0, 2.5, 4.0]]]]
func.func @grid_sample_corners() -> (tensor<1x1x1x3xf32>, tensor<1x1x1x3xf32>) {
  %x = weft.constant dense<[[[[1.0, 2.0], [3.0, 4.0]]]]> : tensor<1x1x2x2xf32>
  %g = weft.constant dense<[[[[-1.0, -1.0], [0.0, 0.0], [1.0, 1.0]]]]> : tensor<1x1x3x2xf32>
  %y = weft.grid_sample %x, %g {mode = #weft.grid_mode<linear>, padding = #weft.grid_padding<zeros>} : (tensor<1x1x2x2xf32>, tensor<1x1x3x2xf32>) -> tensor<1x1x1x3xf32>
  %z = weft.grid_sample %x, %g {mode = #weft.grid_mode<linear>, padding = #weft.grid_padding<border>} : (tensor<1x1x2x2xf32>, tensor<1x1x3x2xf32>) -> tensor<1x1x1x3xf32>
  return %y, %z : tensor<1x1x1x3xf32>, tensor<1x1x1x3xf32>
}
