// RUN: weft-interp %s | FileCheck %s
//
// What weft.arg_reduce computes, in numbers; docs/spec says why.

// The first of equal ones.
// CHECK: @arg_reduce_max_first 0: tensor<2x1xi64> = {{\[\[}}1], [0]]
func.func @arg_reduce_max_first() -> (tensor<2x1xi64>) {
  %x = weft.constant dense<[[1.0, 9.0, 9.0], [3.0, 3.0, 0.0]]> : tensor<2x3xf32>
  %y = weft.arg_reduce max %x {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x1xi64>
  return %y : tensor<2x1xi64>
}

// The last of equal ones.
// CHECK: @arg_reduce_max_last 0: tensor<2x1xi64> = {{\[\[}}2], [1]]
func.func @arg_reduce_max_last() -> (tensor<2x1xi64>) {
  %x = weft.constant dense<[[1.0, 9.0, 9.0], [3.0, 3.0, 0.0]]> : tensor<2x3xf32>
  %y = weft.arg_reduce max %x {axis = 1 : i64, last = true} : (tensor<2x3xf32>) -> tensor<2x1xi64>
  return %y : tensor<2x1xi64>
}

// NaN is beyond all numbers.
// CHECK: @arg_reduce_min_nan 0: tensor<1x1xi64> = {{\[\[}}1]]
func.func @arg_reduce_min_nan() -> (tensor<1x1xi64>) {
  %x = weft.constant dense<[[1.0, 0x7FC00000, -5.0]]> : tensor<1x3xf32>
  %y = weft.arg_reduce min %x {axis = 1 : i64} : (tensor<1x3xf32>) -> tensor<1x1xi64>
  return %y : tensor<1x1xi64>
}
