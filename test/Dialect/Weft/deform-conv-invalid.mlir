// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.deform_conv is refused with its label.

func.func @deform_conv_c1_rank(%x: tensor<1x1x3x3xf32>, %w: tensor<1x1x2x2xf32>, %o: tensor<8x2x2xf32>) {
  // expected-error-re @+2 {{expected input and offset of rank 4{{.*}} [deform_conv-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.deform_conv %x, %w, %o {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x3x3xf32>, tensor<1x1x2x2xf32>, tensor<8x2x2xf32>) -> tensor<1x1x2x2xf32>
  return
}

// -----

func.func @deform_conv_c2_types(%x: tensor<1x1x3x3xf32>, %w: tensor<1x1x2x2xf64>, %o: tensor<1x8x2x2xf32>) {
  // expected-error-re @+2 {{expected operands of equal element types{{.*}} [deform_conv-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.deform_conv %x, %w, %o {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x3x3xf32>, tensor<1x1x2x2xf64>, tensor<1x8x2x2xf32>) -> tensor<1x1x2x2xf32>
  return
}

// -----

func.func @deform_conv_c3_strides(%x: tensor<1x1x3x3xf32>, %w: tensor<1x1x2x2xf32>, %o: tensor<1x8x2x2xf32>) {
  // expected-error-re @+2 {{expected 2 strides, 2 dilations and 4 pads{{.*}} [deform_conv-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.deform_conv %x, %w, %o {strides = array<i64: 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x3x3xf32>, tensor<1x1x2x2xf32>, tensor<1x8x2x2xf32>) -> tensor<1x1x2x2xf32>
  return
}

// -----

func.func @deform_conv_c4_zero_stride(%x: tensor<1x1x3x3xf32>, %w: tensor<1x1x2x2xf32>, %o: tensor<1x8x2x2xf32>) {
  // expected-error-re @+2 {{expected positive strides{{.*}} [deform_conv-C4]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.deform_conv %x, %w, %o {strides = array<i64: 0, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x3x3xf32>, tensor<1x1x2x2xf32>, tensor<1x8x2x2xf32>) -> tensor<1x1x2x2xf32>
  return
}

// -----

func.func @deform_conv_c5_channels(%x: tensor<1x2x3x3xf32>, %w: tensor<1x1x2x2xf32>, %o: tensor<1x8x2x2xf32>) {
  // expected-error-re @+2 {{expected input channels (2){{.*}} [deform_conv-C5]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.deform_conv %x, %w, %o {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x3x3xf32>, tensor<1x1x2x2xf32>, tensor<1x8x2x2xf32>) -> tensor<1x1x2x2xf32>
  return
}

// -----

func.func @deform_conv_c6_groups(%x: tensor<1x2x3x3xf32>, %w: tensor<1x1x2x2xf32>, %o: tensor<1x8x2x2xf32>) {
  // expected-error-re @+2 {{expected the number of filters (1){{.*}} [deform_conv-C6]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.deform_conv %x, %w, %o {groups = 2 : i64, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x3x3xf32>, tensor<1x1x2x2xf32>, tensor<1x8x2x2xf32>) -> tensor<1x1x2x2xf32>
  return
}

// -----

func.func @deform_conv_c7_offset(%x: tensor<1x1x3x3xf32>, %w: tensor<1x1x2x2xf32>, %o: tensor<1x6x2x2xf32>) {
  // expected-error-re @+2 {{expected two offset channels per tap and offset group{{.*}} [deform_conv-C7]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.deform_conv %x, %w, %o {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x3x3xf32>, tensor<1x1x2x2xf32>, tensor<1x6x2x2xf32>) -> tensor<1x1x2x2xf32>
  return
}

// -----

func.func @deform_conv_c8_offset_dims(%x: tensor<1x1x3x3xf32>, %w: tensor<1x1x2x2xf32>, %o: tensor<1x8x3x2xf32>) {
  // expected-error-re @+2 {{expected offset dim 2 to be 2, but got 3{{.*}} [deform_conv-C8]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.deform_conv %x, %w, %o {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x3x3xf32>, tensor<1x1x2x2xf32>, tensor<1x8x3x2xf32>) -> tensor<1x1x2x2xf32>
  return
}

// -----

func.func @deform_conv_c9_mask(%x: tensor<1x1x3x3xf32>, %w: tensor<1x1x2x2xf32>, %o: tensor<1x8x2x2xf32>, %m: tensor<1x3x2x2xf32>) {
  // expected-error-re @+1 {{expected a mask of rank 4 with one channel per tap and offset group{{.*}} [deform_conv-C9]}}
  %r0 = weft.deform_conv %x, %w, %o mask %m {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x3x3xf32>, tensor<1x1x2x2xf32>, tensor<1x8x2x2xf32>, tensor<1x3x2x2xf32>) -> tensor<1x1x2x2xf32>
  return
}
