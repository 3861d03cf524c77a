// RUN: weft-interp %s | FileCheck %s
//
// What weft.asin computes, in numbers; docs/spec says why.

// Inside, at the ends, and outside of the domain.
// CHECK: @asin_f32 0: tensor<7xf32> = [-1.5707964, -0.5235988, 0.0, 0.25268024, 1.5707964, nan, nan]
func.func @asin_f32() -> (tensor<7xf32>) {
  %x = weft.constant dense<[-1.0, -0.5, 0.0, 0.25, 1.0, 1.5, 0x7FC00000]> : tensor<7xf32>
  %y = weft.asin %x : (tensor<7xf32>) -> tensor<7xf32>
  return %y : tensor<7xf32>
}
