// RUN: weft-interp %s | FileCheck %s
//
// What weft.sin computes, in numbers; docs/spec says why.

// Ordinary values, both infinities, NaN.
// CHECK: @sin_f32 0: tensor<9xf32> = [-0.5984721, -0.47942555, 0.0, 0.24740396, 0.84147096, 0.14112, nan, nan, nan]
func.func @sin_f32() -> (tensor<9xf32>) {
  %x = weft.constant dense<[-2.5, -0.5, 0.0, 0.25, 1.0, 3.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<9xf32>
  %y = weft.sin %x : (tensor<9xf32>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}
