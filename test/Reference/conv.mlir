// RUN: weft-interp %s | FileCheck %s
//
// What weft.conv computes, in numbers; docs/spec says why.

// Taps outside of the image add 0.
// CHECK: @conv_padded 0: tensor<1x1x2x2xf32> = {{\[\[}}{{\[\[}}1e+01, 1e+01], [1e+01, 1e+01]]]]
func.func @conv_padded() -> (tensor<1x1x2x2xf32>) {
  %x = weft.constant dense<[[[[1.0, 2.0], [3.0, 4.0]]]]> : tensor<1x1x2x2xf32>
  %w = weft.constant dense<1.0> : tensor<1x1x3x3xf32>
  %y = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x1x2x2xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x2x2xf32>
  return %y : tensor<1x1x2x2xf32>
}

// Each group of channels has its own filters; channels last.
// CHECK: @conv_grouped_nhwc 0: tensor<1x2x2xf32> = {{\[\[}}[3.0, -1e+01], [5.0, -1e+01]]]
func.func @conv_grouped_nhwc() -> (tensor<1x2x2xf32>) {
  %x = weft.constant dense<[[[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]]> : tensor<1x3x2xf32>
  %w = weft.constant dense<[[[1.0], [1.0]], [[1.0], [-1.0]]]> : tensor<2x2x1xf32>
  %y = weft.conv %x, %w {layout = #weft.layout<nhwc>, groups = 2 : i64, strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x3x2xf32>, tensor<2x2x1xf32>) -> tensor<1x2x2xf32>
  return %y : tensor<1x2x2xf32>
}

// Two taps two apart, every second place.
// CHECK: @conv_strided_dilated 0: tensor<1x1x2xf32> = {{\[\[}}[31.0, 53.0]]]
func.func @conv_strided_dilated() -> (tensor<1x1x2xf32>) {
  %x = weft.constant dense<[[[1.0, 2.0, 3.0, 4.0, 5.0]]]> : tensor<1x1x5xf32>
  %w = weft.constant dense<[[[1.0, 10.0]]]> : tensor<1x1x2xf32>
  %y = weft.conv %x, %w {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 2>} : (tensor<1x1x5xf32>, tensor<1x1x2xf32>) -> tensor<1x1x2xf32>
  return %y : tensor<1x1x2xf32>
}
