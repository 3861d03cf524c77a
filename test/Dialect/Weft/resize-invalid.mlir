// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.resize is refused with its label.

func.func @resize_c1_axes(%x: tensor<8xf32>) {
  // expected-error-re @+2 {{expected distinct axes in [0, 1), but got 1{{.*}} [resize-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.resize %x to [4] {mode = #weft.resize_mode<linear>, axes = array<i64: 1>, coord = #weft.resize_coord<half_pixel>} : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @resize_c2_sizes(%x: tensor<8xf32>) {
  // expected-error-re @+2 {{expected one size per axis (1), but got 2{{.*}} [resize-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.resize %x to [4, 4] {mode = #weft.resize_mode<linear>, axes = array<i64: 0>, coord = #weft.resize_coord<half_pixel>} : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @resize_c3_scales(%x: tensor<8xf32>) {
  // expected-error-re @+1 {{expected one positive scale per axis (1){{.*}} [resize-C3]}}
  %r0 = weft.resize %x to [4] {mode = #weft.resize_mode<linear>, axes = array<i64: 0>, static_scales = array<f64: 0.0>, coord = #weft.resize_coord<half_pixel>} : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @resize_c4_roi(%x: tensor<8xf32>) {
  // expected-error-re @+1 {{expected a roi of two entries per axis exactly for tf_crop_and_resize{{.*}} [resize-C4]}}
  %r0 = weft.resize %x to [4] {mode = #weft.resize_mode<linear>, axes = array<i64: 0>, coord = #weft.resize_coord<tf_crop_and_resize>} : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @resize_c5(%x: tensor<0xf32>) {
  // expected-error-re @+1 {{expected dim 0 to have elements to interpolate{{.*}} [resize-C5]}}
  %r0 = weft.resize %x to [4] {mode = #weft.resize_mode<linear>, axes = array<i64: 0>, coord = #weft.resize_coord<half_pixel>} : (tensor<0xf32>) -> tensor<4xf32>
  return
}
