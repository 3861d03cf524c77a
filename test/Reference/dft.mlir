// RUN: weft-interp %s | FileCheck %s
//
// What weft.dft computes, in numbers; docs/spec says why.

// An impulse has all frequencies; the inverse gives it back.
// CHECK: @dft_impulse 0: tensor<2x2xf32> = {{\[\[}}1.0, 0.0], [1.0, 0.0]]
// CHECK: @dft_impulse 1: tensor<2x1xf32> = {{\[\[}}1.0], [0.0]]
func.func @dft_impulse() -> (tensor<2x2xf32>, tensor<2x1xf32>) {
  %x = weft.constant dense<[[1.0], [0.0]]> : tensor<2x1xf32>
  %y = weft.dft %x {static_n = 2 : i64, axis = 0 : i64, onesided = true} : (tensor<2x1xf32>) -> tensor<2x2xf32>
  %z = weft.dft %y {static_n = 2 : i64, axis = 0 : i64, onesided = true, inverse = true} : (tensor<2x2xf32>) -> tensor<2x1xf32>
  return %y, %z : tensor<2x2xf32>, tensor<2x1xf32>
}
