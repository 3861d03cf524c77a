// RUN: weft-interp %s | FileCheck %s
//
// What weft.normalize computes, in numbers; docs/spec says why.

// Mean 3, variance 3.5.
// CHECK: @normalize_centred 0: tensor<1x4xf32> = {{\[\[}}-1.0690434, -0.5345217, 0.0, 1.6035652]]
// CHECK: @normalize_centred 1: tensor<1x1xf32> = {{\[\[}}3.0]]
// CHECK: @normalize_centred 2: tensor<1x1xf32> = {{\[\[}}0.5345217]]
func.func @normalize_centred() -> (tensor<1x4xf32>, tensor<1x1xf32>, tensor<1x1xf32>) {
  %x = weft.constant dense<[[1.0, 2.0, 3.0, 6.0]]> : tensor<1x4xf32>
  %y, %m, %s = weft.normalize %x {axes = array<i64: 1>, epsilon = 1.0e-05 : f64} : (tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x1xf32>, tensor<1x1xf32>)
  return %y, %m, %s : tensor<1x4xf32>, tensor<1x1xf32>, tensor<1x1xf32>
}

// By the root of the mean square.
// CHECK: @normalize_rms 0: tensor<1x4xf32> = {{\[\[}}0.2828426, 0.5656852, 0.8485278, 1.6970556]]
// CHECK: @normalize_rms 1: tensor<1x1xf32> = {{\[\[}}0.0]]
// CHECK: @normalize_rms 2: tensor<1x1xf32> = {{\[\[}}0.2828426]]
func.func @normalize_rms() -> (tensor<1x4xf32>, tensor<1x1xf32>, tensor<1x1xf32>) {
  %x = weft.constant dense<[[1.0, 2.0, 3.0, 6.0]]> : tensor<1x4xf32>
  %y, %m, %s = weft.normalize %x {axes = array<i64: 1>, center = false, epsilon = 1.0e-05 : f64} : (tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x1xf32>, tensor<1x1xf32>)
  return %y, %m, %s : tensor<1x4xf32>, tensor<1x1xf32>, tensor<1x1xf32>
}
