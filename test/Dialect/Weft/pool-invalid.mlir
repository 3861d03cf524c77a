// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.pool is refused with its label.

func.func @pool_c1_axes_out_of_range(%x: tensor<1x1x4x4xf32>) {
  // expected-error @+2 {{expected axes in [0, 4), but got 4 [pool-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.pool max %x {axes = array<i64: 2, 4>, kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads_lo = array<i64: 0, 0>, pads_hi = array<i64: 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x4x4xf32>) -> tensor<1x1x3x3xf32>
  return
}

// -----

func.func @pool_c1_axes_descending(%x: tensor<1x1x4x4xf32>) {
  // expected-error @+2 {{expected ascending axes, but got 2 behind 3 [pool-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.pool max %x {axes = array<i64: 3, 2>, kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads_lo = array<i64: 0, 0>, pads_hi = array<i64: 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x4x4xf32>) -> tensor<1x1x3x3xf32>
  return
}

// -----

func.func @pool_c2_kernel_of_one_entry(%x: tensor<1x1x4x4xf32>) {
  // expected-error @+2 {{expected 2 entries in kernel, but got 1 [pool-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.pool max %x {axes = array<i64: 2, 3>, kernel = array<i64: 2>, strides = array<i64: 1, 1>, pads_lo = array<i64: 0, 0>, pads_hi = array<i64: 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x4x4xf32>) -> tensor<1x1x3x3xf32>
  return
}

// -----

func.func @pool_c2_pads_of_three_entries(%x: tensor<1x1x4x4xf32>) {
  // expected-error @+2 {{expected 2 entries in pads_hi, but got 3 [pool-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.pool max %x {axes = array<i64: 2, 3>, kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads_lo = array<i64: 0, 0>, pads_hi = array<i64: 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x4x4xf32>) -> tensor<1x1x3x3xf32>
  return
}

// -----

func.func @pool_c3_stride_zero(%x: tensor<1x1x4x4xf32>) {
  // expected-error @+2 {{expected strides of at least 1, but got 0 [pool-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.pool max %x {axes = array<i64: 2, 3>, kernel = array<i64: 2, 2>, strides = array<i64: 0, 1>, pads_lo = array<i64: 0, 0>, pads_hi = array<i64: 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x4x4xf32>) -> tensor<1x1x3x3xf32>
  return
}

// -----

func.func @pool_c3_pad_negative(%x: tensor<1x1x4x4xf32>) {
  // expected-error @+2 {{expected pads_lo of at least 0, but got -1 [pool-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.pool max %x {axes = array<i64: 2, 3>, kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads_lo = array<i64: -1, 0>, pads_hi = array<i64: 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x4x4xf32>) -> tensor<1x1x3x3xf32>
  return
}

// -----

func.func @pool_c4_window_too_large(%x: tensor<1x1x4x4xf32>) {
  // expected-error @+2 {{expected dim 2 (4) with its pads to hold a window, but it does not [pool-C4]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.pool max %x {axes = array<i64: 2, 3>, kernel = array<i64: 7, 2>, strides = array<i64: 1, 1>, pads_lo = array<i64: 0, 0>, pads_hi = array<i64: 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x4x4xf32>) -> tensor<1x1x3x3xf32>
  return
}
