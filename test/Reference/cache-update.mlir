// RUN: weft-interp %s | FileCheck %s
//
// What weft.cache_update computes, in numbers; docs/spec says why.

// Each sample has its start; the last one that fits.
// CHECK: @cache_update_starts 0: tensor<2x4xf32> = {{\[\[}}0.0, 1.0, 2.0, 0.0], [0.0, 0.0, 3.0, 4.0]]
func.func @cache_update_starts() -> (tensor<2x4xf32>) {
  %c = weft.constant dense<0.0> : tensor<2x4xf32>
  %u = weft.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %s = weft.constant dense<[1, 2]> : tensor<2xi64>
  %y = weft.cache_update %c, %u, %s {axis = 1 : i64} : (tensor<2x4xf32>, tensor<2x2xf32>, tensor<2xi64>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// Or wraps around.
// CHECK: @cache_update_circular 0: tensor<2x4xf32> = {{\[\[}}0.0, 1.0, 2.0, 0.0], [4.0, 0.0, 0.0, 3.0]]
func.func @cache_update_circular() -> (tensor<2x4xf32>) {
  %c = weft.constant dense<0.0> : tensor<2x4xf32>
  %u = weft.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %s = weft.constant dense<[1, 3]> : tensor<2xi64>
  %y = weft.cache_update %c, %u, %s {axis = 1 : i64, circular = true} : (tensor<2x4xf32>, tensor<2x2xf32>, tensor<2xi64>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}
