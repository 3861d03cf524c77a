// RUN: weft-interp %s | FileCheck %s
//
// What weft.expm1 computes, in numbers; docs/spec says why.

// Ordinary values, both infinities, NaN.
// CHECK: @expm1_f32 0: tensor<9xf32> = [-0.917915, -0.39346933, 0.0, 0.28402543, 1.7182819, 19.085537, inf, -1.0, nan]
func.func @expm1_f32() -> (tensor<9xf32>) {
  %x = weft.constant dense<[-2.5, -0.5, 0.0, 0.25, 1.0, 3.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<9xf32>
  %y = weft.expm1 %x : (tensor<9xf32>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}
