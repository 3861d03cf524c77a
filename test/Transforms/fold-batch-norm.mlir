// RUN: weft-opt %s --weft-fold-batch-norm --weft-fold-constants --split-input-file | FileCheck %s
//
// What batch normalisation leaves behind a contraction with constant weights is at most one add.

// Scale and shift behind a conv: the scale is in the filter.
// CHECK-LABEL: func.func @conv_nchw_f32_scale_shift(
// CHECK: weft.constant dense<{{\[}}{{\[}}{{\[}}[2.000000e+00]]], {{\[}}{{\[}}[6.000000e+00]]]]>
// CHECK: weft.conv
// CHECK-NEXT: weft.add
// CHECK-NEXT: return
func.func @conv_nchw_f32_scale_shift(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = weft.constant dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>
  %a = weft.constant dense<[[[[2.0]], [[3.0]]]]> : tensor<1x2x1x1xf32>
  %b = weft.constant dense<[[[[5.0]], [[7.0]]]]> : tensor<1x2x1x1xf32>
  %c = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %d = weft.mul %c, %a : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %e = weft.add %d, %b : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %e : tensor<1x2x4x4xf32>
}

// -----

// A bias between conv and normalisation is scaled and joined with the shift: 1 * 2 + 5 and 1 * 3 + 7.
// CHECK-LABEL: func.func @conv_nchw_f32_bias_scale_shift(
// CHECK: weft.conv
// CHECK-NEXT: weft.constant dense<{{\[}}{{\[}}{{\[}}[7.000000e+00]], {{\[}}[1.000000e+01]]]]>
// CHECK-NEXT: weft.add
// CHECK-NEXT: return
func.func @conv_nchw_f32_bias_scale_shift(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = weft.constant dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>
  %s = weft.constant dense<1.0> : tensor<1x2x1x1xf32>
  %a = weft.constant dense<[[[[2.0]], [[3.0]]]]> : tensor<1x2x1x1xf32>
  %b = weft.constant dense<[[[[5.0]], [[7.0]]]]> : tensor<1x2x1x1xf32>
  %c = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %f = weft.add %c, %s : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %d = weft.mul %f, %a : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %e = weft.add %d, %b : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %e : tensor<1x2x4x4xf32>
}

// -----

// A scale of the input goes into the columns of the weights that read it.
// CHECK-LABEL: func.func @matmul_f32_input_scale(
// CHECK: dense<{{\[}}[2.000000e+00, 4.000000e+00], [9.000000e+00, 1.200000e+01]]>
// CHECK-NEXT: weft.matmul %arg0
func.func @matmul_f32_input_scale(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %w = weft.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %a = weft.constant dense<[[2.0, 3.0]]> : tensor<1x2xf32>
  %m = weft.mul %x, %a : (tensor<5x2xf32>, tensor<1x2xf32>) -> tensor<5x2xf32>
  %y = weft.matmul %m, %w : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  return %y : tensor<5x2xf32>
}

// -----

// Weights that are not constant cannot be scaled at compile time.
// CHECK-LABEL: func.func @no_fold_when_weights_are_not_constant(
// CHECK: weft.matmul
// CHECK-NEXT: weft.mul
func.func @no_fold_when_weights_are_not_constant(%x: tensor<5x2xf32>, %w: tensor<2x2xf32>) -> tensor<5x2xf32> {
  %a = weft.constant dense<[[2.0, 3.0]]> : tensor<1x2xf32>
  %y = weft.matmul %x, %w : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %m = weft.mul %y, %a : (tensor<5x2xf32>, tensor<1x2xf32>) -> tensor<5x2xf32>
  return %m : tensor<5x2xf32>
}

// -----

// Another user wants the product as it is.
// CHECK-LABEL: func.func @no_fold_when_contraction_has_other_users(
// CHECK: weft.matmul
// CHECK-NEXT: weft.mul
func.func @no_fold_when_contraction_has_other_users(%x: tensor<5x2xf32>) -> (tensor<5x2xf32>, tensor<5x2xf32>) {
  %w = weft.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %a = weft.constant dense<[[2.0, 3.0]]> : tensor<1x2xf32>
  %y = weft.matmul %x, %w : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %m = weft.mul %y, %a : (tensor<5x2xf32>, tensor<1x2xf32>) -> tensor<5x2xf32>
  return %y, %m : tensor<5x2xf32>, tensor<5x2xf32>
}

// -----

// A scale per row is not one per channel.
// CHECK-LABEL: func.func @no_fold_when_scale_is_per_row(
// CHECK: weft.matmul
// CHECK-NEXT: weft.mul
func.func @no_fold_when_scale_is_per_row(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %w = weft.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %a = weft.constant dense<[[2.0], [3.0]]> : tensor<2x1xf32>
  %y = weft.matmul %x, %w : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %m = weft.mul %y, %a : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x2xf32>
  return %m : tensor<2x2xf32>
}

// -----

// Channels of a grouped conv are read by one group each.
// CHECK-LABEL: func.func @no_fold_when_groups_read_different_channels(
// CHECK: weft.mul
// CHECK-NEXT: weft.conv
func.func @no_fold_when_groups_read_different_channels(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = weft.constant dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>
  %a = weft.constant dense<[[[[2.0]], [[3.0]]]]> : tensor<1x2x1x1xf32>
  %m = weft.mul %x, %a : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %c = weft.conv %m, %w {groups = 2 : i64, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %c : tensor<1x2x4x4xf32>
}

// -----

// The scaled input is a result too: it is computed anyway.
// CHECK-LABEL: func.func @no_fold_when_input_scale_has_other_users(
// CHECK: weft.mul
// CHECK-NEXT: weft.matmul
func.func @no_fold_when_input_scale_has_other_users(%x: tensor<5x2xf32>) -> (tensor<5x2xf32>, tensor<5x2xf32>) {
  %w = weft.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %a = weft.constant dense<[[2.0, 3.0]]> : tensor<1x2xf32>
  %m = weft.mul %x, %a : (tensor<5x2xf32>, tensor<1x2xf32>) -> tensor<5x2xf32>
  %y = weft.matmul %m, %w : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  return %y, %m : tensor<5x2xf32>, tensor<5x2xf32>
}

// -----

// A factor per row of the input is no factor of a weight.
// CHECK-LABEL: func.func @no_fold_when_input_scale_is_per_row(
// CHECK: weft.mul
// CHECK-NEXT: weft.matmul
func.func @no_fold_when_input_scale_is_per_row(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %w = weft.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %a = weft.constant dense<[[2.0, 3.0]]> : tensor<1x2xf32>
  %r = weft.constant dense<[[1.0], [2.0], [3.0], [4.0], [5.0]]> : tensor<5x1xf32>
  %m = weft.mul %x, %r : (tensor<5x2xf32>, tensor<5x1xf32>) -> tensor<5x2xf32>
  %y = weft.matmul %m, %w : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  return %y : tensor<5x2xf32>
}

// -----

// Nothing to fold the scale of a shifted exponential into.
// CHECK-LABEL: func.func @no_fold_when_shifted_value_is_no_contraction(
// CHECK: weft.add
// CHECK-NEXT: weft.mul
// CHECK-NEXT: return
func.func @no_fold_when_shifted_value_is_no_contraction(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %w = weft.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %a = weft.constant dense<[[2.0, 3.0]]> : tensor<1x2xf32>
  %e = weft.exp %x : (tensor<5x2xf32>) -> tensor<5x2xf32>
  %s = weft.add %e, %a : (tensor<5x2xf32>, tensor<1x2xf32>) -> tensor<5x2xf32>
  %y = weft.mul %s, %a : (tensor<5x2xf32>, tensor<1x2xf32>) -> tensor<5x2xf32>
  return %y : tensor<5x2xf32>
}

// -----

// A shift per row is no bias.
// CHECK-LABEL: func.func @no_fold_when_shift_is_per_row(
// CHECK: weft.matmul
// CHECK-NEXT: weft.add
// CHECK-NEXT: weft.mul
func.func @no_fold_when_shift_is_per_row(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %w = weft.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %a = weft.constant dense<[[2.0, 3.0]]> : tensor<1x2xf32>
  %r = weft.constant dense<[[1.0], [2.0], [3.0], [4.0], [5.0]]> : tensor<5x1xf32>
  %p = weft.matmul %x, %w : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %s = weft.add %p, %r : (tensor<5x2xf32>, tensor<5x1xf32>) -> tensor<5x2xf32>
  %y = weft.mul %s, %a : (tensor<5x2xf32>, tensor<1x2xf32>) -> tensor<5x2xf32>
  return %y : tensor<5x2xf32>
}

// -----

// The shifted product is a result too.
// CHECK-LABEL: func.func @no_fold_when_shifted_value_has_other_users(
// CHECK: weft.add
// CHECK-NEXT: weft.mul
func.func @no_fold_when_shifted_value_has_other_users(%x: tensor<5x2xf32>) -> (tensor<5x2xf32>, tensor<5x2xf32>) {
  %w = weft.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %a = weft.constant dense<[[2.0, 3.0]]> : tensor<1x2xf32>
  %p = weft.matmul %x, %w : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %s = weft.add %p, %a : (tensor<5x2xf32>, tensor<1x2xf32>) -> tensor<5x2xf32>
  %y = weft.mul %s, %a : (tensor<5x2xf32>, tensor<1x2xf32>) -> tensor<5x2xf32>
  return %y, %s : tensor<5x2xf32>, tensor<5x2xf32>
}

// -----

// Of two shifts the first is a result too.
// CHECK-LABEL: func.func @no_join_when_first_shift_has_other_users(
// CHECK-COUNT-2: weft.add
func.func @no_join_when_first_shift_has_other_users(%x: tensor<5x2xf32>) -> (tensor<5x2xf32>, tensor<5x2xf32>) {
  %w = weft.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %a = weft.constant dense<[[2.0, 3.0]]> : tensor<1x2xf32>
  %p = weft.matmul %x, %w : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %s = weft.add %p, %a : (tensor<5x2xf32>, tensor<1x2xf32>) -> tensor<5x2xf32>
  %y = weft.add %s, %a : (tensor<5x2xf32>, tensor<1x2xf32>) -> tensor<5x2xf32>
  return %y, %s : tensor<5x2xf32>, tensor<5x2xf32>
}

// -----

// Elsewhere two additions fuse anyway.
// CHECK-LABEL: func.func @no_join_when_shifted_value_is_no_contraction(
// CHECK-COUNT-2: weft.add
func.func @no_join_when_shifted_value_is_no_contraction(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %w = weft.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %a = weft.constant dense<[[2.0, 3.0]]> : tensor<1x2xf32>
  %e = weft.exp %x : (tensor<5x2xf32>) -> tensor<5x2xf32>
  %s = weft.add %e, %a : (tensor<5x2xf32>, tensor<1x2xf32>) -> tensor<5x2xf32>
  %y = weft.add %s, %a : (tensor<5x2xf32>, tensor<1x2xf32>) -> tensor<5x2xf32>
  return %y : tensor<5x2xf32>
}

// -----

// The sum of a shift per row and one per column is a whole tensor.
// CHECK-LABEL: func.func @no_join_when_shift_is_per_row(
// CHECK-COUNT-2: weft.add
func.func @no_join_when_shift_is_per_row(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %w = weft.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %a = weft.constant dense<[[2.0, 3.0]]> : tensor<1x2xf32>
  %r = weft.constant dense<[[1.0], [2.0], [3.0], [4.0], [5.0]]> : tensor<5x1xf32>
  %p = weft.matmul %x, %w : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %s = weft.add %p, %r : (tensor<5x2xf32>, tensor<5x1xf32>) -> tensor<5x2xf32>
  %y = weft.add %s, %a : (tensor<5x2xf32>, tensor<1x2xf32>) -> tensor<5x2xf32>
  return %y : tensor<5x2xf32>
}
