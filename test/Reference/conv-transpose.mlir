// RUN: weft-interp %s | FileCheck %s
//
// What weft.conv_transpose computes, in numbers; docs/spec says why.

// Each input places a scaled copy of the filter.
// CHECK: @conv_transpose_strided 0: tensor<1x1x6xf32> = {{\[\[}}[1.0, 1e+01, 102.0, 2e+01, 2e+02, 0.0]]]
func.func @conv_transpose_strided() -> (tensor<1x1x6xf32>) {
  %x = weft.constant dense<[[[1.0, 2.0]]]> : tensor<1x1x2xf32>
  %w = weft.constant dense<[[[1.0, 10.0, 100.0]]]> : tensor<1x1x3xf32>
  %y = weft.conv_transpose %x, %w {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 1>} : (tensor<1x1x2xf32>, tensor<1x1x3xf32>) -> tensor<1x1x6xf32>
  return %y : tensor<1x1x6xf32>
}
