// RUN: weft-interp %s | FileCheck %s
//
// What weft.asinh computes, in numbers; docs/spec says why.

// Ordinary values, both infinities, NaN.
// CHECK: @asinh_f32 0: tensor<9xf32> = [-1.6472311, -0.4812118, 0.0, 0.24746646, 0.8813736, 1.8184465, inf, -inf, nan]
func.func @asinh_f32() -> (tensor<9xf32>) {
  %x = weft.constant dense<[-2.5, -0.5, 0.0, 0.25, 1.0, 3.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<9xf32>
  %y = weft.asinh %x : (tensor<9xf32>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}
