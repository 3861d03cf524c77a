// RUN: weft-interp %s | FileCheck %s
//
// What weft.cosh computes, in numbers; docs/spec says why.

// Ordinary values, both infinities, NaN.
// CHECK: @cosh_f32 0: tensor<9xf32> = [6.1322894, 1.127626, 1.0, 1.0314131, 1.5430807, 10.067662, inf, inf, nan]
func.func @cosh_f32() -> (tensor<9xf32>) {
  %x = weft.constant dense<[-2.5, -0.5, 0.0, 0.25, 1.0, 3.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<9xf32>
  %y = weft.cosh %x : (tensor<9xf32>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}
