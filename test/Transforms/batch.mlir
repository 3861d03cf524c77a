// RUN: weft-opt %s --weft-batch=size=4 --split-input-file | FileCheck %s
// RUN: weft-opt %s --weft-batch --split-input-file | FileCheck %s --check-prefix=SYMBOL
//
// The batch follows the samples from the arguments to the results.

// Flattening takes the batch along; the bias, which broadcasts, stays as it is.
// CHECK-LABEL: func.func @conv_nchw_f32_flatten(
// CHECK-SAME: %arg0: tensor<4x3x8x8xf32>
// CHECK-SAME: -> tensor<4x5xf32>
// CHECK-NOT: weft.broadcast
// CHECK: weft.reshape %{{.*}} to [4, 256]
// SYMBOL-LABEL: func.func @conv_nchw_f32_flatten(
// SYMBOL-SAME: -> tensor<?x5xf32, #weft.dims<batch, 5>>
// SYMBOL: %[[N:.*]] = weft.dim %arg0 {axis = 0 : i64}
// SYMBOL: weft.reshape %{{.*}} to [%[[N]], 256]
func.func @conv_nchw_f32_flatten(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>, %v: tensor<256x5xf32>) -> tensor<1x5xf32> {
  %b = weft.constant dense<[[[[1.0]], [[2.0]], [[3.0]], [[4.0]]]]> : tensor<1x4x1x1xf32>
  %c = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x8x8xf32>
  %d = weft.add %c, %b : (tensor<1x4x8x8xf32>, tensor<1x4x1x1xf32>) -> tensor<1x4x8x8xf32>
  %f = weft.reshape %d to [1, 256] : (tensor<1x4x8x8xf32>) -> tensor<1x256xf32>
  %y = weft.matmul %f, %v : (tensor<1x256xf32>, tensor<256x5xf32>) -> tensor<1x5xf32>
  return %y : tensor<1x5xf32>
}

// -----

// A dim that merges batch and rows is followed through the product and taken apart again.
// CHECK-LABEL: func.func @matmul_f32_merged_rows(
// CHECK: weft.reshape %{{.*}} to [24, 8]
// CHECK: weft.reshape %{{.*}} to [4, 6, 5]
func.func @matmul_f32_merged_rows(%x: tensor<1x6x8xf32>, %w: tensor<8x5xf32>) -> tensor<1x6x5xf32> {
  %a = weft.reshape %x to [6, 8] : (tensor<1x6x8xf32>) -> tensor<6x8xf32>
  %b = weft.matmul %a, %w : (tensor<6x8xf32>, tensor<8x5xf32>) -> tensor<6x5xf32>
  %c = weft.reshape %b to [1, 6, 5] : (tensor<6x5xf32>) -> tensor<1x6x5xf32>
  return %c : tensor<1x6x5xf32>
}

// -----

// A constant that is joined to each sample is widened.
// CHECK-LABEL: func.func @concat_f32_constant_token(
// CHECK: %[[W:.*]] = weft.broadcast %{{.*}} to [4, 1, 8]
// CHECK: weft.concat %[[W]], %arg0
func.func @concat_f32_constant_token(%x: tensor<1x6x8xf32>) -> tensor<1x7x8xf32> {
  %t = weft.constant dense<1.0> : tensor<1x1x8xf32>
  %c = weft.concat %t, %x {axis = 1} : (tensor<1x1x8xf32>, tensor<1x6x8xf32>) -> tensor<1x7x8xf32>
  return %c : tensor<1x7x8xf32>
}

// -----

// A recurrence over dim 1: the state begins as a constant and is widened, slices and stacked outputs shift the samples' dim.
// CHECK-LABEL: func.func @loop_f32_recurrence(
// CHECK: %[[H:.*]] = weft.broadcast %{{.*}} to [4, 8] : (tensor<1x8xf32>) -> tensor<4x8xf32>
// CHECK: weft.loop carried(%[[H]]) scanned(%arg0)
// CHECK-SAME: -> (tensor<4x8xf32>, tensor<4x3x8xf32>)
// CHECK-NEXT: ^bb0(%{{.*}}: index, %[[S:.*]]: tensor<4x8xf32>, %[[X:.*]]: tensor<4x8xf32>):
func.func @loop_f32_recurrence(%x: tensor<1x3x8xf32>) -> (tensor<1x8xf32>, tensor<1x3x8xf32>) {
  %h = weft.constant dense<0.0> : tensor<1x8xf32>
  %true = weft.constant dense<true> : tensor<i1>
  %y, %ys = weft.loop carried(%h) scanned(%x) {scan_in_axes = array<i64: 1>, scan_in_reverse = array<i1: false>, scan_out_axes = array<i64: 1>, scan_out_reverse = array<i1: false>} : (tensor<1x8xf32>, tensor<1x3x8xf32>) -> (tensor<1x8xf32>, tensor<1x3x8xf32>) {
  ^bb0(%i: index, %s: tensor<1x8xf32>, %t: tensor<1x8xf32>):
    %a = weft.add %s, %t : (tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
    %b = weft.tanh %a : (tensor<1x8xf32>) -> tensor<1x8xf32>
    weft.yield %true, %b, %b : tensor<i1>, tensor<1x8xf32>, tensor<1x8xf32>
  }
  return %y, %ys : tensor<1x8xf32>, tensor<1x3x8xf32>
}

// -----

// Samples in dim 1 of the state, as recurrent ops have them; a second value takes them over an iteration later.
// CHECK-LABEL: func.func @loop_f32_samples_in_dim_1(
// CHECK: weft.loop trip
// CHECK-SAME: -> (tensor<2x4x8xf32>, tensor<2x4x8xf32>)
func.func @loop_f32_samples_in_dim_1(%x: tensor<1x2x8xf32>, %n: index) -> (tensor<2x1x8xf32>, tensor<2x1x8xf32>) {
  %h = weft.constant dense<0.0> : tensor<2x1x8xf32>
  %true = weft.constant dense<true> : tensor<i1>
  %z = weft.transpose %x {perm = array<i64: 1, 0, 2>} : (tensor<1x2x8xf32>) -> tensor<2x1x8xf32>
  %y:2 = weft.loop trip %n carried(%h, %h) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (index, tensor<2x1x8xf32>, tensor<2x1x8xf32>) -> (tensor<2x1x8xf32>, tensor<2x1x8xf32>) {
  ^bb0(%i: index, %s: tensor<2x1x8xf32>, %t: tensor<2x1x8xf32>):
    %a = weft.add %s, %z : (tensor<2x1x8xf32>, tensor<2x1x8xf32>) -> tensor<2x1x8xf32>
    %b = weft.exp %s : (tensor<2x1x8xf32>) -> tensor<2x1x8xf32>
    weft.yield %true, %a, %b : tensor<i1>, tensor<2x1x8xf32>, tensor<2x1x8xf32>
  }
  return %y#0, %y#1 : tensor<2x1x8xf32>, tensor<2x1x8xf32>
}

// -----

// One branch gives a constant, which is repeated for each sample.
// CHECK-LABEL: func.func @if_f32_one_constant_branch(
// CHECK: weft.if
// CHECK-SAME: -> tensor<4x8xf32>
// CHECK: weft.broadcast %{{.*}} to [4, 8]
func.func @if_f32_one_constant_branch(%x: tensor<1x8xf32>, %c: tensor<i1>) -> tensor<1x8xf32> {
  %z = weft.constant dense<0.0> : tensor<1x8xf32>
  %y = weft.if %c : (tensor<i1>) -> tensor<1x8xf32> {
    %e = weft.exp %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
    weft.yield %e : tensor<1x8xf32>
  } else {
    weft.yield %z : tensor<1x8xf32>
  }
  return %y : tensor<1x8xf32>
}
