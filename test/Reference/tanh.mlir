// RUN: weft-interp %s | FileCheck %s
//
// What weft.tanh computes, in numbers; docs/spec says why.

// Ordinary values, both infinities, NaN.
// CHECK: @tanh_f32 0: tensor<9xf32> = [-0.9866143, -0.46211717, 0.0, 0.24491866, 0.7615942, 0.9950548, 1.0, -1.0, nan]
func.func @tanh_f32() -> (tensor<9xf32>) {
  %x = weft.constant dense<[-2.5, -0.5, 0.0, 0.25, 1.0, 3.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<9xf32>
  %y = weft.tanh %x : (tensor<9xf32>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}
