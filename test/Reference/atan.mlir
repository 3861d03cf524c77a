// RUN: weft-interp %s | FileCheck %s
//
// What weft.atan computes, in numbers; docs/spec says why.

// Ordinary values, both infinities, NaN.
// CHECK: @atan_f32 0: tensor<9xf32> = [-1.19029, -0.4636476, 0.0, 0.24497867, 0.7853982, 1.2490457, 1.5707964, -1.5707964, nan]
func.func @atan_f32() -> (tensor<9xf32>) {
  %x = weft.constant dense<[-2.5, -0.5, 0.0, 0.25, 1.0, 3.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<9xf32>
  %y = weft.atan %x : (tensor<9xf32>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}
