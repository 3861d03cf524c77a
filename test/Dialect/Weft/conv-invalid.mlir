// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.conv is refused with its label.

func.func @conv_c1_rank(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>) {
  // expected-error-re @+2 {{expected input and filter of equal rank from 3 to 5{{.*}} [conv-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return
}

// -----

func.func @conv_c2_types(%x: tensor<1x4x8x8xf32>, %w: tensor<4x4x3x3xf64>) {
  // expected-error-re @+2 {{expected operands of equal element types{{.*}} [conv-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>, tensor<4x4x3x3xf64>) -> tensor<1x1x1x1xf32>
  return
}

// -----

func.func @conv_c3_strides(%x: tensor<1x4x8x8xf32>, %w: tensor<4x4x3x3xf32>) {
  // expected-error-re @+2 {{expected 2 strides, 2 dilations and 4 pads, but got 1, 2 and 4{{.*}} [conv-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.conv %x, %w {strides = array<i64: 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>, tensor<4x4x3x3xf32>) -> tensor<1x1x1x1xf32>
  return
}

// -----

func.func @conv_c4_zero_stride(%x: tensor<1x4x8x8xf32>, %w: tensor<4x4x3x3xf32>) {
  // expected-error-re @+2 {{expected positive strides, dilations and groups{{.*}} [conv-C4]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.conv %x, %w {strides = array<i64: 0, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>, tensor<4x4x3x3xf32>) -> tensor<1x1x1x1xf32>
  return
}

// -----

func.func @conv_c5_channels(%x: tensor<1x3x8x8xf32>, %w: tensor<4x4x3x3xf32>) {
  // expected-error-re @+2 {{expected input channels (3) to equal filter channels (4) times groups (1){{.*}} [conv-C5]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<4x4x3x3xf32>) -> tensor<1x4x6x6xf32>
  return
}

// -----

func.func @conv_c6_groups(%x: tensor<1x4x8x8xf32>, %w: tensor<3x2x3x3xf32>) {
  // expected-error-re @+2 {{expected the number of filters (3) to be a multiple of groups (2){{.*}} [conv-C6]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.conv %x, %w {groups = 2 : i64, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x6x6xf32>
  return
}

// -----

func.func @conv_c7_window(%x: tensor<1x4x8x8xf32>, %w: tensor<4x4x10x10xf32>) {
  // expected-error-re @+2 {{expected spatial dim 0 (8) with its pads to hold the filter (10){{.*}} [conv-C7]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>, tensor<4x4x10x10xf32>) -> tensor<1x4x1x1xf32>
  return
}

// -----

func.func @conv_c8_zero_point(%x: tensor<1x4x8x8xi8>, %w: tensor<4x4x3x3xi8>, %z: tensor<4xi8>) {
  // expected-error-re @+1 {{expected input_zp of one element{{.*}} [conv-C8]}}
  %r0 = weft.conv %x, %w input_zp %z {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xi8>, tensor<4x4x3x3xi8>, tensor<4xi8>) -> tensor<1x4x6x6xi32>
  return
}
