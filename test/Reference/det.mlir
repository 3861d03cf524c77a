// RUN: weft-interp %s | FileCheck %s
//
// What weft.det computes, in numbers; docs/spec says why.

// Pivoting keeps the sign.
// CHECK: @det_swap 0: tensor<f32> = -6.0
func.func @det_swap() -> (tensor<f32>) {
  %x = weft.constant dense<[[0.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %y = weft.det %x : (tensor<2x2xf32>) -> tensor<f32>
  return %y : tensor<f32>
}
