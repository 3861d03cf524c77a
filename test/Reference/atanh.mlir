// RUN: weft-interp %s | FileCheck %s
//
// What weft.atanh computes, in numbers; docs/spec says why.

// Inside, at the ends, and outside of the domain.
// CHECK: @atanh_f32 0: tensor<7xf32> = [-inf, -0.54930615, 0.0, 0.25541282, inf, nan, nan]
func.func @atanh_f32() -> (tensor<7xf32>) {
  %x = weft.constant dense<[-1.0, -0.5, 0.0, 0.25, 1.0, 1.5, 0x7FC00000]> : tensor<7xf32>
  %y = weft.atanh %x : (tensor<7xf32>) -> tensor<7xf32>
  return %y : tensor<7xf32>
}
