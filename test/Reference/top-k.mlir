// RUN: weft-interp %s | FileCheck %s
//
// What weft.top_k computes, in numbers; docs/spec says why.

// Of equal elements the lower index first; NaN is the greatest.
// CHECK: @top_k_ties 0: tensor<3xf32> = [nan, 3.0, 3.0]
// CHECK: @top_k_ties 1: tensor<3xi64> = [2, 1, 3]
func.func @top_k_ties() -> (tensor<3xf32>, tensor<3xi64>) {
  %x = weft.constant dense<[1.0, 3.0, 0x7FC00000, 3.0]> : tensor<4xf32>
  %v, %i = weft.top_k %x {static_k = 3 : i64, axis = 0 : i64} : (tensor<4xf32>) -> (tensor<3xf32>, tensor<3xi64>)
  return %v, %i : tensor<3xf32>, tensor<3xi64>
}
