// RUN: weft-interp %s | FileCheck %s
//
// What weft.softmax computes, in numbers; docs/spec says why.

// Great values do not overflow.
// CHECK: @softmax_rows 0: tensor<2x3xf32> = {{\[\[}}0.09003057, 0.24472848, 0.66524094], [1.0, 0.0, 0.0]]
func.func @softmax_rows() -> (tensor<2x3xf32>) {
  %x = weft.constant dense<[[1.0, 2.0, 3.0], [1000.0, 0.0, -1000.0]]> : tensor<2x3xf32>
  %y = weft.softmax %x {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// The logarithm, without underflow.
// CHECK: @softmax_log 0: tensor<2x3xf32> = {{\[\[}}-2.407606, -1.407606, -0.40760598], [0.0, -1e+03, -2e+03]]
func.func @softmax_log() -> (tensor<2x3xf32>) {
  %x = weft.constant dense<[[1.0, 2.0, 3.0], [1000.0, 0.0, -1000.0]]> : tensor<2x3xf32>
  %y = weft.softmax %x {axis = 1 : i64, log = true} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// A row of -Inf has no softmax.
// CHECK: @softmax_masked_row 0: tensor<1x2xf32> = {{\[\[}}nan, nan]]
func.func @softmax_masked_row() -> (tensor<1x2xf32>) {
  %x = weft.constant dense<[[0xFF800000, 0xFF800000]]> : tensor<1x2xf32>
  %y = weft.softmax %x {axis = 1 : i64} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
