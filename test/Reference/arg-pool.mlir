// RUN: weft-interp %s | FileCheck %s
//
// What weft.arg_pool computes, in numbers; docs/spec says why.

// Flat indices.
// CHECK: @arg_pool_row_major 0: tensor<1x1x2x2xf32> = {{\[\[\[\[}}5.0, 6.0], [8.0, 9.0]]]]
// CHECK: @arg_pool_row_major 1: tensor<1x1x2x2xi64> = {{\[\[\[\[}}4, 5], [7, 8]]]]
func.func @arg_pool_row_major() -> (tensor<1x1x2x2xf32>, tensor<1x1x2x2xi64>) {
  %x = weft.constant dense<[[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]]> : tensor<1x1x3x3xf32>
  %y, %i = weft.arg_pool %x {axes = array<i64: 2, 3>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads_lo = array<i64: 0, 0>, pads_hi = array<i64: 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x1x3x3xf32>) -> (tensor<1x1x2x2xf32>, tensor<1x1x2x2xi64>)
  return %y, %i : tensor<1x1x2x2xf32>, tensor<1x1x2x2xi64>
}

// The pooled dims count from the first.
// CHECK: @arg_pool_column_major 0: tensor<1x1x2x2xf32> = {{\[\[\[\[}}5.0, 6.0], [8.0, 9.0]]]]
// CHECK: @arg_pool_column_major 1: tensor<1x1x2x2xi64> = {{\[\[\[\[}}4, 7], [5, 8]]]]
func.func @arg_pool_column_major() -> (tensor<1x1x2x2xf32>, tensor<1x1x2x2xi64>) {
  %x = weft.constant dense<[[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]]> : tensor<1x1x3x3xf32>
  %y, %i = weft.arg_pool %x {axes = array<i64: 2, 3>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads_lo = array<i64: 0, 0>, pads_hi = array<i64: 1, 1>, dilations = array<i64: 1, 1>, column_major = true} : (tensor<1x1x3x3xf32>) -> (tensor<1x1x2x2xf32>, tensor<1x1x2x2xi64>)
  return %y, %i : tensor<1x1x2x2xf32>, tensor<1x1x2x2xi64>
}
