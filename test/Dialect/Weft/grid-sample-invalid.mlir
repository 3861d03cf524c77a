// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.grid_sample is refused with its label.

func.func @grid_sample_c1_rank(%x: tensor<1x3x8xf32>, %g: tensor<1x4x1xf32>) {
  // expected-error-re @+2 {{expected x and grid of equal rank 4 or 5{{.*}} [grid_sample-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.grid_sample %x, %g {mode = #weft.grid_mode<linear>, padding = #weft.grid_padding<zeros>} : (tensor<1x3x8xf32>, tensor<1x4x1xf32>) -> tensor<1x3x4xf32>
  return
}

// -----

func.func @grid_sample_c2_coordinates(%x: tensor<1x3x8x8xf32>, %g: tensor<1x4x4x3xf32>) {
  // expected-error-re @+2 {{expected 2 coordinates per place, but got 3{{.*}} [grid_sample-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.grid_sample %x, %g {mode = #weft.grid_mode<linear>, padding = #weft.grid_padding<zeros>} : (tensor<1x3x8x8xf32>, tensor<1x4x4x3xf32>) -> tensor<1x3x4x4xf32>
  return
}

// -----

func.func @grid_sample_c3_batch(%x: tensor<1x3x8x8xf32>, %g: tensor<2x4x4x2xf32>) {
  // expected-error-re @+2 {{expected x dim 0 (1) to equal grid dim 0 (2){{.*}} [grid_sample-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.grid_sample %x, %g {mode = #weft.grid_mode<linear>, padding = #weft.grid_padding<zeros>} : (tensor<1x3x8x8xf32>, tensor<2x4x4x2xf32>) -> tensor<1x3x4x4xf32>
  return
}

// -----

func.func @grid_sample_c4_type(%x: tensor<1x3x8x8xf32>, %g: tensor<1x4x4x2xi32>) {
  // expected-error-re @+1 {{expected a grid of a float type{{.*}} [grid_sample-C4]}}
  %r0 = weft.grid_sample %x, %g {mode = #weft.grid_mode<linear>, padding = #weft.grid_padding<zeros>} : (tensor<1x3x8x8xf32>, tensor<1x4x4x2xi32>) -> tensor<1x3x4x4xf32>
  return
}

// -----

func.func @grid_sample_c5_cubic(%x: tensor<1x3x8x8x8xf32>, %g: tensor<1x4x4x4x3xf32>) {
  // expected-error-re @+1 {{expected two spatial dims for cubic interpolation{{.*}} [grid_sample-C5]}}
  %r0 = weft.grid_sample %x, %g {mode = #weft.grid_mode<cubic>, padding = #weft.grid_padding<zeros>} : (tensor<1x3x8x8x8xf32>, tensor<1x4x4x4x3xf32>) -> tensor<1x3x4x4x4xf32>
  return
}
