// RUN: weft-interp %s | FileCheck %s
//
// What weft.sinh computes, in numbers; docs/spec says why.

// Ordinary values, both infinities, NaN.
// CHECK: @sinh_f32 0: tensor<9xf32> = [-6.0502043, -0.5210953, 0.0, 0.25261232, 1.1752012, 10.017875, inf, -inf, nan]
func.func @sinh_f32() -> (tensor<9xf32>) {
  %x = weft.constant dense<[-2.5, -0.5, 0.0, 0.25, 1.0, 3.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<9xf32>
  %y = weft.sinh %x : (tensor<9xf32>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}
