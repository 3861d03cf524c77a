// RUN: weft-opt %s --weft-choose-layout --verify-layout --canonicalize --split-input-file | FileCheck %s
//
// Image ops are channels-last between one transpose at each end of the graph.

// Between two convs no transpose is left: bias, activation and pooling permute their axes.
// CHECK-LABEL: func.func @conv_relu_conv_f32(
// CHECK: weft.transpose %arg0 {perm = array<i64: 0, 2, 3, 1>}
// CHECK: weft.conv
// CHECK-SAME: layout = #weft.layout<nhwc>
// CHECK-NOT: weft.transpose %{{.*}} {perm = array<i64: 0, 3, 1, 2>}
// CHECK: weft.max
// CHECK: weft.pool max
// CHECK-SAME: axes = array<i64: 1, 2>
// CHECK: weft.conv
// CHECK: weft.transpose %{{.*}} {perm = array<i64: 0, 3, 1, 2>}
// CHECK-NEXT: return
func.func @conv_relu_conv_f32(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>, %v: tensor<4x4x3x3xf32>) -> tensor<1x4x2x2xf32> {
  %z = weft.constant dense<0.0> : tensor<1x1x1x1xf32>
  %c = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x8x8xf32>
  %e = weft.max %c, %z : (tensor<1x4x8x8xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.pool max %e {axes = array<i64: 2, 3>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads_lo = array<i64: 0, 0>, pads_hi = array<i64: 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>) -> tensor<1x4x4x4xf32>
  %d = weft.conv %p, %v {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x4x4xf32>, tensor<4x4x3x3xf32>) -> tensor<1x4x2x2xf32>
  return %d : tensor<1x4x2x2xf32>
}

// -----

// Behind a global pool the transpose is a reshape, and flattening joins it.
// CHECK-LABEL: func.func @conv_global_pool_flatten_dynamic_f32(
// CHECK: weft.reduce mean
// CHECK-SAME: axes = array<i64: 1, 2>
// CHECK-NOT: weft.transpose
// CHECK: weft.reshape
// CHECK-NEXT: return
func.func @conv_global_pool_flatten_dynamic_f32(%x: tensor<?x3x8x8xf32, #weft.dims<n, 3, 8, 8>>, %w: tensor<4x3x1x1xf32>) -> tensor<?x4xf32, #weft.dims<n, 4>> {
  %c = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<?x3x8x8xf32, #weft.dims<n, 3, 8, 8>>, tensor<4x3x1x1xf32>) -> tensor<?x4x8x8xf32, #weft.dims<n, 4, 8, 8>>
  %g = weft.reduce mean %c {axes = array<i64: 2, 3>} : (tensor<?x4x8x8xf32, #weft.dims<n, 4, 8, 8>>) -> tensor<?x4x1x1xf32, #weft.dims<n, 4, 1, 1>>
  %d = weft.dim %x {axis = 0} : tensor<?x3x8x8xf32, #weft.dims<n, 3, 8, 8>>
  %f = weft.reshape %g to [%d, 4] : (tensor<?x4x1x1xf32, #weft.dims<n, 4, 1, 1>>, index) -> tensor<?x4xf32, #weft.dims<n, 4>>
  return %f : tensor<?x4xf32, #weft.dims<n, 4>>
}

// -----

// Concat, slice, pad, softmax and resize name their axes in the new order.
// CHECK-LABEL: func.func @conv_axes_f32_permuted(
// CHECK: weft.concat
// CHECK-SAME: axis = 3
// CHECK: weft.slice %{{.*}} [0, 2, 0, 0] [1, 4, 8, 8]
// CHECK: weft.pad %{{.*}} value %{{.*}} lo [0, 0, 1, 0] hi [0, 0, 0, 0]
// CHECK: weft.softmax
// CHECK-SAME: axis = 3
// CHECK: weft.resize
// CHECK-SAME: axes = array<i64: 1, 2>
func.func @conv_axes_f32_permuted(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x1x1xf32>) -> tensor<1x8x8x8xf32> {
  %c = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<4x3x1x1xf32>) -> tensor<1x4x8x8xf32>
  %n = weft.neg %c : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %k = weft.concat %c, %n {axis = 1} : (tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>) -> tensor<1x8x8x8xf32>
  %s = weft.slice %k [0, 0, 2, 0] [1, 8, 4, 8] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x8x8x8xf32>) -> tensor<1x8x4x8xf32>
  %pv = weft.constant dense<0.0> : tensor<f32>
  %p = weft.pad %s value %pv lo [0, 0, 0, 1] hi [0, 0, 0, 0] : (tensor<1x8x4x8xf32>, tensor<f32>) -> tensor<1x8x4x9xf32>
  %m = weft.softmax %p {axis = 1} : (tensor<1x8x4x9xf32>) -> tensor<1x8x4x9xf32>
  %r = weft.resize %m to [8, 8] {axes = array<i64: 2, 3>, mode = #weft.resize_mode<linear>, coord = #weft.resize_coord<half_pixel>} : (tensor<1x8x4x9xf32>) -> tensor<1x8x8x8xf32>
  return %r : tensor<1x8x8x8xf32>
}

// -----

// An add of a value that would need a transpose of its own stays channels-first.
// CHECK-LABEL: func.func @no_sink_when_other_operand_needs_transpose(
// CHECK: weft.conv
// CHECK: %[[T:.*]] = weft.transpose %{{.*}} {perm = array<i64: 0, 3, 1, 2>}
// CHECK: weft.add %[[T]], %arg2
func.func @no_sink_when_other_operand_needs_transpose(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x1x1xf32>, %y: tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32> {
  %c = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<4x3x1x1xf32>) -> tensor<1x4x8x8xf32>
  %a = weft.add %c, %y : (tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  return %a : tensor<1x4x8x8xf32>
}

// -----

// A reshape mixes axes: the transpose stays before it.
// CHECK-LABEL: func.func @no_sink_when_reshape_mixes_axes(
// CHECK: %[[T:.*]] = weft.transpose %{{.*}} {perm = array<i64: 0, 3, 1, 2>}
// CHECK: weft.reshape %[[T]]
func.func @no_sink_when_reshape_mixes_axes(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x1x1xf32>) -> tensor<1x256xf32> {
  %c = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<4x3x1x1xf32>) -> tensor<1x4x8x8xf32>
  %a = weft.reshape %c to [1, 256] : (tensor<1x4x8x8xf32>) -> tensor<1x256xf32>
  return %a : tensor<1x256xf32>
}

// -----

// A model without image ops keeps its transposes.
// CHECK-LABEL: func.func @no_sink_when_transpose_is_not_to_channels_first(
// CHECK: weft.transpose %arg0 {perm = array<i64: 0, 2, 1, 3>}
// CHECK-NEXT: weft.exp
func.func @no_sink_when_transpose_is_not_to_channels_first(%x: tensor<1x3x8x8xf32>) -> tensor<1x8x3x8xf32> {
  %t = weft.transpose %x {perm = array<i64: 0, 2, 1, 3>} : (tensor<1x3x8x8xf32>) -> tensor<1x8x3x8xf32>
  %a = weft.exp %t : (tensor<1x8x3x8xf32>) -> tensor<1x8x3x8xf32>
  return %a : tensor<1x8x3x8xf32>
}

// -----

// A channel shuffle stays channels-last: of three transposes the one of channels is left.
// CHECK-LABEL: func.func @conv_shuffle_conv_f32(
// CHECK: weft.conv
// CHECK: weft.reshape %{{.*}} to [1, 8, 8, 2, 4]
// CHECK: weft.transpose %{{.*}} {perm = array<i64: 0, 1, 2, 4, 3>}
// CHECK: %[[X:.*]] = weft.reshape %{{.*}} to [1, 8, 8, 8]
// CHECK: weft.conv %[[X]],
func.func @conv_shuffle_conv_f32(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x3x3xf32>, %v: tensor<4x8x3x3xf32>) -> tensor<1x4x6x6xf32> {
  %c = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<8x3x3x3xf32>) -> tensor<1x8x8x8xf32>
  %s = weft.reshape %c to [1, 2, 4, 8, 8] : (tensor<1x8x8x8xf32>) -> tensor<1x2x4x8x8xf32>
  %t = weft.transpose %s {perm = array<i64: 0, 2, 1, 3, 4>} : (tensor<1x2x4x8x8xf32>) -> tensor<1x4x2x8x8xf32>
  %m = weft.reshape %t to [1, 8, 8, 8] : (tensor<1x4x2x8x8xf32>) -> tensor<1x8x8x8xf32>
  %d = weft.conv %m, %v {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x8x8x8xf32>, tensor<4x8x3x3xf32>) -> tensor<1x4x6x6xf32>
  return %d : tensor<1x4x6x6xf32>
}

// -----

// Pixels in one dim, several maps side by side, channels last in the end: no transpose is left behind the convs.
// CHECK-LABEL: func.func @conv_heads_f32(
// CHECK-COUNT-2: weft.conv
// CHECK-NOT: weft.transpose
// CHECK: weft.concat
// CHECK-SAME: axis = 1
// CHECK-NOT: weft.transpose
// CHECK: return
func.func @conv_heads_f32(%x: tensor<1x8x8x8xf32>, %w: tensor<5x8x1x1xf32>) -> tensor<1x80x5xf32> {
  %c = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x8x8x8xf32>, tensor<5x8x1x1xf32>) -> tensor<1x5x8x8xf32>
  %d = weft.conv %x, %w {strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x8x8x8xf32>, tensor<5x8x1x1xf32>) -> tensor<1x5x4x4xf32>
  %a = weft.reshape %c to [1, 5, 64] : (tensor<1x5x8x8xf32>) -> tensor<1x5x64xf32>
  %b = weft.reshape %d to [1, 5, 16] : (tensor<1x5x4x4xf32>) -> tensor<1x5x16xf32>
  %k = weft.concat %a, %b {axis = 2} : (tensor<1x5x64xf32>, tensor<1x5x16xf32>) -> tensor<1x5x80xf32>
  %t = weft.transpose %k {perm = array<i64: 0, 2, 1>} : (tensor<1x5x80xf32>) -> tensor<1x80x5xf32>
  return %t : tensor<1x80x5xf32>
}

// -----

// The heads of an attention would need two transposes in place of one.
// CHECK-LABEL: func.func @no_sink_when_dims_interleave(
// CHECK: weft.transpose %{{.*}} {perm = array<i64: 0, 2, 1, 3>}
// CHECK-NEXT: weft.reshape
// CHECK-NEXT: return
func.func @no_sink_when_dims_interleave(%x: tensor<2x3x5x7xf32>) -> tensor<2x5x21xf32> {
  %t = weft.transpose %x {perm = array<i64: 0, 2, 1, 3>} : (tensor<2x3x5x7xf32>) -> tensor<2x5x3x7xf32>
  %r = weft.reshape %t to [2, 5, 21] : (tensor<2x5x3x7xf32>) -> tensor<2x5x21xf32>
  return %r : tensor<2x5x21xf32>
}

// -----

// Dims that a reshape takes apart and puts together in other numbers form no groups.
// CHECK-LABEL: func.func @no_sink_when_size_is_unknown(
// CHECK: weft.transpose
// CHECK-NEXT: weft.reshape
func.func @no_sink_when_size_is_unknown(%x: tensor<?x5x3x7xf32, #weft.dims<n, 5, 3, 7>>, %n: index) -> tensor<?x105xf32, #weft.dims<n, 105>> {
  %t = weft.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<?x5x3x7xf32, #weft.dims<n, 5, 3, 7>>) -> tensor<?x7x5x3xf32, #weft.dims<n, 7, 5, 3>>
  %r = weft.reshape %t to [%n, 105] : (tensor<?x7x5x3xf32, #weft.dims<n, 7, 5, 3>>, index) -> tensor<?x105xf32, #weft.dims<n, 105>>
  return %r : tensor<?x105xf32, #weft.dims<n, 105>>
}

// -----

// The batch and the channels become one dim: what is behind it would be no transpose to channels first.
// CHECK-LABEL: func.func @no_sink_when_behind_is_no_change_of_layout(
// CHECK: weft.transpose
// CHECK-NEXT: weft.reshape
func.func @no_sink_when_behind_is_no_change_of_layout(%x: tensor<2x3x5x7xf32>) -> tensor<7x6x5xf32> {
  %t = weft.transpose %x {perm = array<i64: 3, 0, 1, 2>} : (tensor<2x3x5x7xf32>) -> tensor<7x2x3x5xf32>
  %r = weft.reshape %t to [7, 6, 5] : (tensor<7x2x3x5xf32>) -> tensor<7x6x5xf32>
  return %r : tensor<7x6x5xf32>
}

// -----

// Nothing to group where there are no elements of one size: 6 x 4 is no 4 x 6 by groups of dims.
// CHECK-LABEL: func.func @no_sink_when_there_are_no_elements(
// CHECK: weft.transpose
// CHECK-NEXT: weft.reshape
func.func @no_sink_when_there_are_no_elements(%x: tensor<0x3x5x7xf32>) -> tensor<0x105xf32> {
  %t = weft.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<0x3x5x7xf32>) -> tensor<0x7x3x5xf32>
  %r = weft.reshape %t to [0, 105] : (tensor<0x7x3x5xf32>) -> tensor<0x105xf32>
  return %r : tensor<0x105xf32>
}
