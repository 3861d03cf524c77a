// RUN: weft-opt %s --weft-fold-constants | FileCheck %s
//
// What depends on constants only is evaluated, unless the value is greater than what it is made from.

// Elementwise arithmetic on constants is one constant.
// CHECK-LABEL: func.func @add_2_f32_folded(
// CHECK-NEXT: weft.constant dense<[4.000000e+00, 6.000000e+00]>
// CHECK-NEXT: return
func.func @add_2_f32_folded() -> tensor<2xf32> {
  %a = weft.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %b = weft.constant dense<[3.0, 4.0]> : tensor<2xf32>
  %c = weft.add %a, %b : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %c : tensor<2xf32>
}

// A size that depends on constant data is static then.
// CHECK-LABEL: func.func @nonzero_3_f32_folded(
// CHECK: dense<[0, 2]> : tensor<2xi64>
func.func @nonzero_3_f32_folded() -> tensor<?xi64> {
  %a = weft.constant dense<[1.0, 0.0, 3.0]> : tensor<3xf32>
  %n = weft.nonzero %a : (tensor<3xf32>) -> tensor<1x?xi64>
  %d = weft.dim %n {axis = 1} : tensor<1x?xi64>
  %r = weft.reshape %n to [%d] : (tensor<1x?xi64>, index) -> tensor<?xi64>
  return %r : tensor<?xi64>
}

// Dead ops go.
// CHECK-LABEL: func.func @dead_f32_removed(
// CHECK-NEXT: return
func.func @dead_f32_removed(%x: tensor<2xf32>) {
  %y = weft.exp %x : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// A broadcast is cheaper than its value.
// CHECK-LABEL: func.func @no_fold_when_result_outgrows_operands(
// CHECK: weft.broadcast
func.func @no_fold_when_result_outgrows_operands() -> tensor<1024x1024xf32> {
  %a = weft.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %s = weft.slice %a [0, 0][1, 1] {strides = array<i64: 1, 1>} : (tensor<2x1xf32>) -> tensor<1x1xf32>
  %i = weft.iota [1024, 1] {to = f32, axis = 0} : () -> tensor<1024x1xf32>
  %e = weft.add %i, %s : (tensor<1024x1xf32>, tensor<1x1xf32>) -> tensor<1024x1xf32>
  %b = weft.broadcast %e to [1024, 1024] : (tensor<1024x1xf32>) -> tensor<1024x1024xf32>
  return %b : tensor<1024x1024xf32>
}

// A splat of 40 GB takes no room in the program; its elements, one by one, would.
// CHECK-LABEL: func.func @no_fold_when_splat_is_huge(
// CHECK: weft.reduce
func.func @no_fold_when_splat_is_huge() -> tensor<1x100000xf32> {
  %a = weft.constant dense<1.0> : tensor<100000x100000xf32>
  %s = weft.reduce sum %a {axes = array<i64: 0>} : (tensor<100000x100000xf32>) -> tensor<1x100000xf32>
  return %s : tensor<1x100000xf32>
}

// Block-wise weights stay in their narrow type: the contraction reads them so.
// CHECK-LABEL: func.func @no_fold_when_dequantize_has_blocks(
// CHECK: weft.dequantize
func.func @no_fold_when_dequantize_has_blocks() -> tensor<4x2xf32> {
  %q = weft.constant dense<[[1, 2], [3, 4], [5, 6], [7, 8]]> : tensor<4x2xi8>
  %s = weft.constant dense<[[0.5, 1.0], [1.5, 2.0]]> : tensor<2x2xf32>
  %d = weft.dequantize %q, %s {to = f32, axis = 0 : i64, block_size = 2 : i64} : (tensor<4x2xi8>, tensor<2x2xf32>) -> tensor<4x2xf32>
  return %d : tensor<4x2xf32>
}

// Random numbers are drawn when the model runs.
// CHECK-LABEL: func.func @no_fold_when_op_is_not_pure(
// CHECK: weft.random
func.func @no_fold_when_op_is_not_pure() -> tensor<2xf32> {
  %r = weft.random [2] {to = f32, dist = #weft.random_dist<uniform>} : () -> tensor<2xf32>
  return %r : tensor<2xf32>
}
