// RUN: weft-interp %s | FileCheck %s
//
// What weft.cumulate computes, in numbers; docs/spec says why.

// Prefix sums.
// CHECK: @cumulate_sum 0: tensor<2x3xf32> = {{\[\[}}1.0, 3.0, 6.0], [4.0, 9.0, 15.0]]
func.func @cumulate_sum() -> (tensor<2x3xf32>) {
  %x = weft.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %y = weft.cumulate sum %x {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// From the end, without the element itself.
// CHECK: @cumulate_sum_exclusive_reverse 0: tensor<2x3xf32> = {{\[\[}}5.0, 3.0, 0.0], [11.0, 6.0, 0.0]]
func.func @cumulate_sum_exclusive_reverse() -> (tensor<2x3xf32>) {
  %x = weft.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %y = weft.cumulate sum %x {axis = 1 : i64, exclusive = true, reverse = true} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// Prefix products.
// CHECK: @cumulate_prod 0: tensor<2x3xf32> = {{\[\[}}1.0, 2.0, 3.0], [4.0, 1e+01, 18.0]]
func.func @cumulate_prod() -> (tensor<2x3xf32>) {
  %x = weft.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %y = weft.cumulate prod %x {axis = 0 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
