// RUN: weft-opt %s --weft-count-work --split-input-file | FileCheck %s
//
// Kernels state their work by the symbols of their dims; where it depends on data, they do not.

// 256 results of 36 products and sums per image, and one operation per result for the activation.
// CHECK-LABEL: func.func @conv_relu_dynamic_f32(
// CHECK: weft.kernel "conv"
// CHECK-SAME: {bytes = "2048 * n + 576", flops = "18688 * n"}
func.func @conv_relu_dynamic_f32(%x: tensor<?x8x8x4xf32, #weft.dims<n, 8, 8, 4>>, %w: tensor<4x3x3x4xf32>) -> tensor<?x8x8x4xf32, #weft.dims<n, 8, 8, 4>> {
  %r = weft.kernel "conv"(%x, %w) nodes ["c", "r"] : (tensor<?x8x8x4xf32, #weft.dims<n, 8, 8, 4>>, tensor<4x3x3x4xf32>) -> tensor<?x8x8x4xf32, #weft.dims<n, 8, 8, 4>> {
  ^bb0(%a: tensor<?x8x8x4xf32, #weft.dims<n, 8, 8, 4>>, %b: tensor<4x3x3x4xf32>):
    %z = weft.constant dense<0.0> : tensor<1x1x1x1xf32>
    %c = weft.conv %a, %b {layout = #weft.layout<nhwc>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : (tensor<?x8x8x4xf32, #weft.dims<n, 8, 8, 4>>, tensor<4x3x3x4xf32>) -> tensor<?x8x8x4xf32, #weft.dims<n, 8, 8, 4>>
    %d = weft.max %c, %z : (tensor<?x8x8x4xf32, #weft.dims<n, 8, 8, 4>>, tensor<1x1x1x1xf32>) -> tensor<?x8x8x4xf32, #weft.dims<n, 8, 8, 4>>
    weft.yield %d : tensor<?x8x8x4xf32, #weft.dims<n, 8, 8, 4>>
  }
  return %r : tensor<?x8x8x4xf32, #weft.dims<n, 8, 8, 4>>
}

// -----

// A contraction's depth is that of the operand as it is stored.
// CHECK-LABEL: func.func @matmul_static_f32_transposed(
// CHECK: {bytes = "272", flops = "192"}
func.func @matmul_static_f32_transposed(%x: tensor<8x4xf32>, %y: tensor<8x3xf32>) -> tensor<4x3xf32> {
  %r = weft.kernel "matmul"(%x, %y) nodes [] : (tensor<8x4xf32>, tensor<8x3xf32>) -> tensor<4x3xf32> {
  ^bb0(%a: tensor<8x4xf32>, %b: tensor<8x3xf32>):
    %c = weft.matmul %a, %b {transpose_lhs = true} : (tensor<8x4xf32>, tensor<8x3xf32>) -> tensor<4x3xf32>
    weft.yield %c : tensor<4x3xf32>
  }
  return %r : tensor<4x3xf32>
}

// -----

// Two products of 8 x 16 scores per head with 4 columns each, and a softmax over the scores.
// CHECK-LABEL: func.func @attention_static_f32(
// CHECK: flops = "5376"
func.func @attention_static_f32(%q: tensor<1x2x8x4xf32>, %k: tensor<1x2x16x4xf32>) -> tensor<1x2x8x4xf32> {
  %r = weft.kernel "attention"(%q, %k) nodes [] : (tensor<1x2x8x4xf32>, tensor<1x2x16x4xf32>) -> tensor<1x2x8x4xf32> {
  ^bb0(%a: tensor<1x2x8x4xf32>, %b: tensor<1x2x16x4xf32>):
    %c = weft.attention %a, %b, %b {scale = 5.000000e-01 : f64} : (tensor<1x2x8x4xf32>, tensor<1x2x16x4xf32>, tensor<1x2x16x4xf32>) -> tensor<1x2x8x4xf32>
    weft.yield %c : tensor<1x2x8x4xf32>
  }
  return %r : tensor<1x2x8x4xf32>
}

// -----

// Of a table only the rows that are taken move; a move is no operation.
// CHECK-LABEL: func.func @gather_table_f32(
// CHECK: {bytes = "272", flops = "0"}
func.func @gather_table_f32(%table: tensor<1000x8xf32>, %ids: tensor<4xi32>) -> tensor<4x8xf32> {
  %r = weft.kernel "gather"(%table, %ids) nodes [] : (tensor<1000x8xf32>, tensor<4xi32>) -> tensor<4x8xf32> {
  ^bb0(%a: tensor<1000x8xf32>, %b: tensor<4xi32>):
    %c = weft.gather %a, %b {axis = 0 : i64} : (tensor<1000x8xf32>, tensor<4xi32>) -> tensor<4x8xf32>
    weft.yield %c : tensor<4x8xf32>
  }
  return %r : tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func.func @no_flops_when_work_depends_on_data(
// CHECK: {bytes = "64"}
func.func @no_flops_when_work_depends_on_data(%x: tensor<8xf32>) -> tensor<8xf32> {
  %r = weft.kernel "sort"(%x) nodes [] : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %b, %i = weft.sort %a {axis = 0 : i64} : (tensor<8xf32>) -> (tensor<8xf32>, tensor<8xi64>)
    weft.yield %b : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}

// -----

// CHECK-LABEL: func.func @no_work_when_a_size_is_unknown(
// CHECK: weft.kernel "elementwise"(%arg0) nodes [] : (
func.func @no_work_when_a_size_is_unknown(%x: tensor<?xf32>) -> tensor<?xf32> {
  %r = weft.kernel "elementwise"(%x) nodes [] : (tensor<?xf32>) -> tensor<?xf32> {
  ^bb0(%a: tensor<?xf32>):
    %b = weft.exp %a : (tensor<?xf32>) -> tensor<?xf32>
    weft.yield %b : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}
