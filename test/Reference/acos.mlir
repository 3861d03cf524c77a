// RUN: weft-interp %s | FileCheck %s
//
// What weft.acos computes, in numbers; docs/spec says why.

// Inside, at the ends, and outside of the domain.
// CHECK: @acos_f32 0: tensor<7xf32> = [3.1415927, 2.0943952, 1.5707964, 1.3181161, 0.0, nan, nan]
func.func @acos_f32() -> (tensor<7xf32>) {
  %x = weft.constant dense<[-1.0, -0.5, 0.0, 0.25, 1.0, 1.5, 0x7FC00000]> : tensor<7xf32>
  %y = weft.acos %x : (tensor<7xf32>) -> tensor<7xf32>
  return %y : tensor<7xf32>
}
