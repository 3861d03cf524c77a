// RUN: weft-opt %s --weft-form-subpixel-convs --split-input-file | FileCheck %s
//
// Transposed convolutions become convolutions of stride 1, phase by phase, whose results take turns.

// Four taps, stride 2: two taps for each of four phases, which are features of one convolution; a pad of 1 is cut off.
// CHECK-LABEL: func.func @stride_2_even_taps_f32(
// CHECK: weft.slice %arg1 [0, 0, 0, 0] [8, 2, 2, 16] {strides = array<i64: 1, 2, 2, 1>}
// CHECK: weft.reverse %{{.*}} {axes = array<i64: 1, 2>}
// CHECK: weft.slice %arg1 [0, 1, 1, 0] [8, 2, 2, 16]
// CHECK: %[[W:.*]] = weft.concat {{.*}} -> tensor<64x2x2x8xf32>
// CHECK: %[[Y:.*]] = weft.conv %arg0, %[[W]] {{.*}}pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>{{.*}} -> tensor<1x6x6x64xf32>
// CHECK: %[[R:.*]] = weft.reshape %[[Y]] to [1, 6, 6, 2, 2, 16]
// CHECK: weft.transpose %[[R]] {perm = array<i64: 0, 1, 3, 2, 4, 5>}
// CHECK: weft.reshape %{{.*}} to [1, 12, 12, 16]
// CHECK: weft.slice %{{.*}} [0, 1, 1, 0] [1, 10, 10, 16]
func.func @stride_2_even_taps_f32(%x: tensor<1x5x5x8xf32>, %w: tensor<8x4x4x16xf32>) -> tensor<1x10x10x16xf32> {
  %0 = weft.conv_transpose %x, %w {layout = #weft.layout<nhwc>, strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, output_padding = array<i64: 0, 0>} : (tensor<1x5x5x8xf32>, tensor<8x4x4x16xf32>) -> tensor<1x10x10x16xf32>
  return %0 : tensor<1x10x10x16xf32>
}

// -----

// Three taps, stride 2: phases have two taps and one. No tap of zero is multiplied: infinities stay where they are.
// CHECK-LABEL: func.func @stride_2_odd_taps_f32(
// CHECK: weft.conv {{.*}} -> tensor<?x{{[0-9]+}}x4xf32
// CHECK: weft.conv {{.*}}tensor<4x1x8xf32>)
// CHECK: weft.concat {{.*}} {axis = 2 : i64}
func.func @stride_2_odd_taps_f32(%x: tensor<?x5x8xf32, #weft.dims<n, 5, 8>>, %w: tensor<8x3x4xf32>) -> tensor<?x11x4xf32, #weft.dims<n, 11, 4>> {
  %0 = weft.conv_transpose %x, %w {layout = #weft.layout<nhwc>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<?x5x8xf32, #weft.dims<n, 5, 8>>, tensor<8x3x4xf32>) -> tensor<?x11x4xf32, #weft.dims<n, 11, 4>>
  return %0 : tensor<?x11x4xf32, #weft.dims<n, 11, 4>>
}

// -----

// Of stride 1 there is one phase: nothing takes turns, and pads are those of the convolution.
// CHECK-LABEL: func.func @stride_1_f32(
// CHECK: %[[Y:.*]] = weft.conv %arg0, %{{.*}}pads = array<i64: 1, 1>
// CHECK-NEXT: return %[[Y]]
func.func @stride_1_f32(%x: tensor<1x5x8xf32>, %w: tensor<8x3x4xf32>) -> tensor<1x5x4xf32> {
  %0 = weft.conv_transpose %x, %w {layout = #weft.layout<nhwc>, strides = array<i64: 1>, pads = array<i64: 1, 1>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x5x8xf32>, tensor<8x3x4xf32>) -> tensor<1x5x4xf32>
  return %0 : tensor<1x5x4xf32>
}

// -----

// CHECK-LABEL: func.func @no_form_when_channels_first(
// CHECK: weft.conv_transpose
func.func @no_form_when_channels_first(%x: tensor<1x8x5xf32>, %w: tensor<8x4x3xf32>) -> tensor<1x4x7xf32> {
  %0 = weft.conv_transpose %x, %w {strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x8x5xf32>, tensor<8x4x3xf32>) -> tensor<1x4x7xf32>
  return %0 : tensor<1x4x7xf32>
}

// -----

// CHECK-LABEL: func.func @no_form_when_dilated(
// CHECK: weft.conv_transpose
func.func @no_form_when_dilated(%x: tensor<1x5x8xf32>, %w: tensor<8x3x4xf32>) -> tensor<1x9x4xf32> {
  %0 = weft.conv_transpose %x, %w {layout = #weft.layout<nhwc>, strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 2>, output_padding = array<i64: 0>} : (tensor<1x5x8xf32>, tensor<8x3x4xf32>) -> tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

// CHECK-LABEL: func.func @no_form_when_a_phase_has_no_taps(
// CHECK: weft.conv_transpose
func.func @no_form_when_a_phase_has_no_taps(%x: tensor<1x5x8xf32>, %w: tensor<8x2x4xf32>) -> tensor<1x14x4xf32> {
  %0 = weft.conv_transpose %x, %w {layout = #weft.layout<nhwc>, strides = array<i64: 3>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x5x8xf32>, tensor<8x2x4xf32>) -> tensor<1x14x4xf32>
  return %0 : tensor<1x14x4xf32>
}

// -----

// CHECK-LABEL: func.func @no_form_when_length_is_unknown(
// CHECK: weft.conv_transpose
func.func @no_form_when_length_is_unknown(%x: tensor<1x?x8xf32, #weft.dims<1, s, 8>>, %w: tensor<8x3x4xf32>) -> tensor<1x?x4xf32, #weft.dims<1, s + 2, 4>> {
  %0 = weft.conv_transpose %x, %w {layout = #weft.layout<nhwc>, strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x?x8xf32, #weft.dims<1, s, 8>>, tensor<8x3x4xf32>) -> tensor<1x?x4xf32, #weft.dims<1, s + 2, 4>>
  return %0 : tensor<1x?x4xf32, #weft.dims<1, s + 2, 4>>
}

// -----

// The pads cut more than the taps of an output pixel reach.
// CHECK-LABEL: func.func @no_form_when_pads_cut_the_input(
// CHECK: weft.conv_transpose
func.func @no_form_when_pads_cut_the_input(%x: tensor<1x5x8xf32>, %w: tensor<8x1x4xf32>) -> tensor<1x3x4xf32> {
  %0 = weft.conv_transpose %x, %w {layout = #weft.layout<nhwc>, strides = array<i64: 1>, pads = array<i64: 1, 1>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x5x8xf32>, tensor<8x1x4xf32>) -> tensor<1x3x4xf32>
  return %0 : tensor<1x3x4xf32>
}

// -----

// CHECK-LABEL: func.func @no_form_of_too_many_phases(
// CHECK: weft.conv_transpose
func.func @no_form_of_too_many_phases(%x: tensor<1x5x8xf32>, %w: tensor<8x300x4xf32>) -> tensor<1x1500x4xf32> {
  %0 = weft.conv_transpose %x, %w {layout = #weft.layout<nhwc>, strides = array<i64: 300>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x5x8xf32>, tensor<8x300x4xf32>) -> tensor<1x1500x4xf32>
  return %0 : tensor<1x1500x4xf32>
}

// -----

// CHECK-LABEL: func.func @no_form_without_elements(
// CHECK: weft.conv_transpose
func.func @no_form_without_elements(%x: tensor<0x5x8xf32>, %w: tensor<8x3x4xf32>) -> tensor<0x7x4xf32> {
  %0 = weft.conv_transpose %x, %w {layout = #weft.layout<nhwc>, strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<0x5x8xf32>, tensor<8x3x4xf32>) -> tensor<0x7x4xf32>
  return %0 : tensor<0x7x4xf32>
}
