// RUN: weft-interp %s | FileCheck %s
//
// What weft.resize computes, in numbers; docs/spec says why.

// Centres of pixels coincide; outside is the edge.
// CHECK: @resize_half_pixel 0: tensor<4xf32> = [0.0, 1.0, 3.0, 4.0]
func.func @resize_half_pixel() -> (tensor<4xf32>) {
  %x = weft.constant dense<[0.0, 4.0]> : tensor<2xf32>
  %y = weft.resize %x to [4] {axes = array<i64: 0>, mode = #weft.resize_mode<linear>, coord = #weft.resize_coord<half_pixel>} : (tensor<2xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// First and last elements coincide.
// CHECK: @resize_align_corners 0: tensor<4xf32> = [0.0, 1.0, 2.0, 3.0]
func.func @resize_align_corners() -> (tensor<4xf32>) {
  %x = weft.constant dense<[0.0, 3.0]> : tensor<2xf32>
  %y = weft.resize %x to [4] {axes = array<i64: 0>, mode = #weft.resize_mode<linear>, coord = #weft.resize_coord<align_corners>} : (tensor<2xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// x / s, rounded down.
// CHECK: @resize_nearest_asymmetric 0: tensor<4xf32> = [0.0, 0.0, 4.0, 4.0]
func.func @resize_nearest_asymmetric() -> (tensor<4xf32>) {
  %x = weft.constant dense<[0.0, 4.0]> : tensor<2xf32>
  %y = weft.resize %x to [4] {axes = array<i64: 0>, mode = #weft.resize_mode<nearest>, coord = #weft.resize_coord<asymmetric>, nearest = #weft.resize_nearest<floor>} : (tensor<2xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// Shrinking with a filter as wide as the scale.
// CHECK: @resize_antialias 0: tensor<2xf32> = [2.5, 9.5]
func.func @resize_antialias() -> (tensor<2xf32>) {
  %x = weft.constant dense<[0.0, 4.0, 8.0, 12.0]> : tensor<4xf32>
  %y = weft.resize %x to [2] {axes = array<i64: 0>, mode = #weft.resize_mode<linear>, coord = #weft.resize_coord<half_pixel>, antialias = true} : (tensor<4xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
