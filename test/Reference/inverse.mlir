// RUN: weft-interp %s | FileCheck %s
//
// What weft.inverse computes, in numbers; docs/spec says why.

// A zero pivot is exchanged.
// CHECK: @inverse_swap 0: tensor<2x2xf32> = {{\[\[}}0.0, 0.25], [0.5, 0.0]]
func.func @inverse_swap() -> (tensor<2x2xf32>) {
  %x = weft.constant dense<[[0.0, 2.0], [4.0, 0.0]]> : tensor<2x2xf32>
  %y = weft.inverse %x : (tensor<2x2xf32>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}
