// RUN: weft-interp %s | FileCheck %s
//
// What weft.round computes, in numbers; docs/spec says why.

// Halves go to the even neighbour.
// CHECK: @round_f32 0: tensor<9xf32> = [-2.0, -2.0, -0.0, 0.0, 2.0, 2.0, 3.0, inf, nan]
func.func @round_f32() -> (tensor<9xf32>) {
  %x = weft.constant dense<[-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.5999999046325684, 0x7F800000, 0x7FC00000]> : tensor<9xf32>
  %y = weft.round %x : (tensor<9xf32>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}
