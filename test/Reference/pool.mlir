// RUN: weft-interp %s | FileCheck %s
//
// What weft.pool computes, in numbers; docs/spec says why.

// The last windows reach into the pads.
// CHECK: @pool_max 0: tensor<1x1x2x2xf32> = {{\[\[\[\[}}5.0, 6.0], [8.0, 9.0]]]]
func.func @pool_max() -> (tensor<1x1x2x2xf32>) {
  %x = weft.constant dense<[[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]]> : tensor<1x1x3x3xf32>
  %y = weft.pool max %x {axes = array<i64: 2, 3>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads_lo = array<i64: 0, 0>, pads_hi = array<i64: 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x1x3x3xf32>) -> tensor<1x1x2x2xf32>
  return %y : tensor<1x1x2x2xf32>
}

// Pads count as nothing.
// CHECK: @pool_sum 0: tensor<1x1x2x2xf32> = {{\[\[\[\[}}12.0, 9.0], [15.0, 9.0]]]]
func.func @pool_sum() -> (tensor<1x1x2x2xf32>) {
  %x = weft.constant dense<[[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]]> : tensor<1x1x3x3xf32>
  %y = weft.pool sum %x {axes = array<i64: 2, 3>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads_lo = array<i64: 0, 0>, pads_hi = array<i64: 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x1x3x3xf32>) -> tensor<1x1x2x2xf32>
  return %y : tensor<1x1x2x2xf32>
}

// Divided by the taps inside.
// CHECK: @pool_avg 0: tensor<1x1x2x2xf32> = {{\[\[\[\[}}3.0, 4.5], [7.5, 9.0]]]]
func.func @pool_avg() -> (tensor<1x1x2x2xf32>) {
  %x = weft.constant dense<[[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]]> : tensor<1x1x3x3xf32>
  %y = weft.pool avg %x {axes = array<i64: 2, 3>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads_lo = array<i64: 0, 0>, pads_hi = array<i64: 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x1x3x3xf32>) -> tensor<1x1x2x2xf32>
  return %y : tensor<1x1x2x2xf32>
}

// Divided by the taps inside of the pads.
// CHECK: @pool_avg_pad 0: tensor<1x1x2x2xf32> = {{\[\[\[\[}}3.0, 2.25], [3.75, 2.25]]]]
func.func @pool_avg_pad() -> (tensor<1x1x2x2xf32>) {
  %x = weft.constant dense<[[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]]> : tensor<1x1x3x3xf32>
  %y = weft.pool avg_pad %x {axes = array<i64: 2, 3>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads_lo = array<i64: 0, 0>, pads_hi = array<i64: 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x1x3x3xf32>) -> tensor<1x1x2x2xf32>
  return %y : tensor<1x1x2x2xf32>
}

// Every second element.
// CHECK: @pool_dilated 0: tensor<3xf32> = [2.0, 9.0, 3.0]
func.func @pool_dilated() -> (tensor<3xf32>) {
  %x = weft.constant dense<[1.0, 9.0, 2.0, 8.0, 3.0]> : tensor<5xf32>
  %y = weft.pool max %x {axes = array<i64: 0>, kernel = array<i64: 2>, strides = array<i64: 1>, pads_lo = array<i64: 0>, pads_hi = array<i64: 0>, dilations = array<i64: 2>} : (tensor<5xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}
