// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.conv_transpose is refused with its label.

func.func @conv_transpose_c1_rank(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>) {
  // expected-error-re @+2 {{expected input and filter of equal rank from 3 to 5{{.*}} [conv_transpose-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.conv_transpose %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, output_padding = array<i64: 0, 0>} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return
}

// -----

func.func @conv_transpose_c2_types(%x: tensor<1x4x8x8xf32>, %w: tensor<4x4x3x3xf64>) {
  // expected-error-re @+2 {{expected operands of equal element types{{.*}} [conv_transpose-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.conv_transpose %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, output_padding = array<i64: 0, 0>} : (tensor<1x4x8x8xf32>, tensor<4x4x3x3xf64>) -> tensor<1x1x1x1xf32>
  return
}

// -----

func.func @conv_transpose_c3_strides(%x: tensor<1x4x8x8xf32>, %w: tensor<4x4x3x3xf32>) {
  // expected-error-re @+2 {{expected 2 strides, 2 dilations and 4 pads, but got 1, 2 and 4{{.*}} [conv_transpose-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.conv_transpose %x, %w {strides = array<i64: 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, output_padding = array<i64: 0, 0>} : (tensor<1x4x8x8xf32>, tensor<4x4x3x3xf32>) -> tensor<1x1x1x1xf32>
  return
}

// -----

func.func @conv_transpose_c4_zero_stride(%x: tensor<1x4x8x8xf32>, %w: tensor<4x4x3x3xf32>) {
  // expected-error-re @+2 {{expected positive strides, dilations and groups{{.*}} [conv_transpose-C4]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.conv_transpose %x, %w {strides = array<i64: 0, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, output_padding = array<i64: 0, 0>} : (tensor<1x4x8x8xf32>, tensor<4x4x3x3xf32>) -> tensor<1x1x1x1xf32>
  return
}

// -----

func.func @conv_transpose_c5_channels(%x: tensor<1x3x8x8xf32>, %w: tensor<4x4x3x3xf32>) {
  // expected-error-re @+2 {{expected input channels (3) to equal filter dim 0 (4){{.*}} [conv_transpose-C5]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.conv_transpose %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, output_padding = array<i64: 0, 0>} : (tensor<1x3x8x8xf32>, tensor<4x4x3x3xf32>) -> tensor<1x4x10x10xf32>
  return
}

// -----

func.func @conv_transpose_c6_groups(%x: tensor<1x3x8x8xf32>, %w: tensor<3x4x3x3xf32>) {
  // expected-error-re @+2 {{expected input channels (3) to be a multiple of groups (2){{.*}} [conv_transpose-C6]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.conv_transpose %x, %w {groups = 2 : i64, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, output_padding = array<i64: 0, 0>} : (tensor<1x3x8x8xf32>, tensor<3x4x3x3xf32>) -> tensor<1x8x10x10xf32>
  return
}

// -----

func.func @conv_transpose_c7_pads(%x: tensor<1x3x2x2xf32>, %w: tensor<3x4x1x1xf32>) {
  // expected-error-re @+2 {{expected pads of spatial dim 0 to leave a result, but got size -2{{.*}} [conv_transpose-C7]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.conv_transpose %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 2, 2, 2, 2>, dilations = array<i64: 1, 1>, output_padding = array<i64: 0, 0>} : (tensor<1x3x2x2xf32>, tensor<3x4x1x1xf32>) -> tensor<1x4x0x0xf32>
  return
}
