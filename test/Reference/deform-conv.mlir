// RUN: weft-interp %s | FileCheck %s
//
// What weft.deform_conv computes, in numbers; docs/spec says why.

// An offset of half a column averages two neighbours.
// CHECK: @deform_conv_half_shift 0: tensor<1x1x1x3xf32> = {{\[\[}}{{\[\[}}1.0, 3.0, 2.0]]]]
func.func @deform_conv_half_shift() -> (tensor<1x1x1x3xf32>) {
  %x = weft.constant dense<[[[[0.0, 2.0, 4.0]]]]> : tensor<1x1x1x3xf32>
  %w = weft.constant dense<1.0> : tensor<1x1x1x1xf32>
  %o = weft.constant dense<[[[[0.0, 0.0, 0.0]], [[0.5, 0.5, 0.5]]]]> : tensor<1x2x1x3xf32>
  %y = weft.deform_conv %x, %w, %o {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x1x3xf32>, tensor<1x1x1x1xf32>, tensor<1x2x1x3xf32>) -> tensor<1x1x1x3xf32>
  return %y : tensor<1x1x1x3xf32>
}
