// RUN: weft-opt %s --canonicalize | FileCheck %s
//
// A convolution pads by itself where what lies around its input are zeros.

// CHECK-LABEL: func.func @conv_nchw_f32_padded_before(
// CHECK-NEXT: weft.conv %arg0, %arg1 {{.*}}pads = array<i64: 2, 1, 1, 1>
func.func @conv_nchw_f32_padded_before(%x: tensor<1x2x5x5xf32>, %w: tensor<3x2x3x3xf32>) -> tensor<1x3x6x5xf32> {
  %z = weft.constant dense<0.0> : tensor<f32>
  %p = weft.pad %x value %z lo [0, 0, 1, 1] hi [0, 0, 0, 1] : (tensor<1x2x5x5xf32>, tensor<f32>) -> tensor<1x2x6x7xf32>
  %r = weft.conv %p, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 0, 1, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x6x7xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x6x5xf32>
  return %r : tensor<1x3x6x5xf32>
}

// CHECK-LABEL: func.func @no_absorb_when_pad_is_no_zero(
// CHECK: weft.pad
func.func @no_absorb_when_pad_is_no_zero(%x: tensor<1x2x4x4xf32>, %w: tensor<3x2x3x3xf32>) -> tensor<1x3x4x4xf32> {
  %z = weft.constant dense<1.0> : tensor<f32>
  %p = weft.pad %x value %z lo [0, 0, 1, 1] hi [0, 0, 1, 1] : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x6x6xf32>
  %r = weft.conv %p, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x6x6xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x4x4xf32>
  return %r : tensor<1x3x4x4xf32>
}

// CHECK-LABEL: func.func @no_absorb_when_pad_repeats_the_edge(
// CHECK: weft.pad
func.func @no_absorb_when_pad_repeats_the_edge(%x: tensor<1x2x4x4xf32>, %w: tensor<3x2x3x3xf32>) -> tensor<1x3x4x4xf32> {
  %p = weft.pad %x lo [0, 0, 1, 1] hi [0, 0, 1, 1] {mode = #weft.pad_mode<edge>} : (tensor<1x2x4x4xf32>) -> tensor<1x2x6x6xf32>
  %r = weft.conv %p, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x6x6xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x4x4xf32>
  return %r : tensor<1x3x4x4xf32>
}

// CHECK-LABEL: func.func @no_absorb_when_pad_is_of_channels(
// CHECK: weft.pad
func.func @no_absorb_when_pad_is_of_channels(%x: tensor<1x1x4x4xf32>, %w: tensor<3x2x3x3xf32>) -> tensor<1x3x2x2xf32> {
  %z = weft.constant dense<0.0> : tensor<f32>
  %p = weft.pad %x value %z lo [0, 1, 0, 0] hi [0, 0, 0, 0] : (tensor<1x1x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  %r = weft.conv %p, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x4x4xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x2x2xf32>
  return %r : tensor<1x3x2x2xf32>
}

// CHECK-LABEL: func.func @no_absorb_when_pad_is_known_at_run_time(
// CHECK: weft.pad
func.func @no_absorb_when_pad_is_known_at_run_time(%x: tensor<1x2x4x4xf32>, %w: tensor<3x2x3x3xf32>, %n: index) -> tensor<1x3x?x2xf32> {
  %z = weft.constant dense<0.0> : tensor<f32>
  %p = weft.pad %x value %z lo [0, 0, %n, 0] hi [0, 0, 0, 0] : (tensor<1x2x4x4xf32>, tensor<f32>, index) -> tensor<1x2x?x4xf32>
  %r = weft.conv %p, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x?x4xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x?x2xf32>
  return %r : tensor<1x3x?x2xf32>
}

// Zeros are not what lies around an input with a zero point.
// CHECK-LABEL: func.func @no_absorb_when_input_has_a_zero_point(
// CHECK: weft.pad
func.func @no_absorb_when_input_has_a_zero_point(%x: tensor<1x2x4x4xi8>, %w: tensor<3x2x3x3xi8>, %v: tensor<i8>) -> tensor<1x3x4x4xi32> {
  %z = weft.constant dense<0> : tensor<i8>
  %p = weft.pad %x value %z lo [0, 0, 1, 1] hi [0, 0, 1, 1] : (tensor<1x2x4x4xi8>, tensor<i8>) -> tensor<1x2x6x6xi8>
  %r = weft.conv %p, %w input_zp %v {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x6x6xi8>, tensor<3x2x3x3xi8>, tensor<i8>) -> tensor<1x3x4x4xi32>
  return %r : tensor<1x3x4x4xi32>
}
