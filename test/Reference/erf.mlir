// RUN: weft-interp %s | FileCheck %s
//
// What weft.erf computes, in numbers; docs/spec says why.

// Ordinary values, both infinities, NaN.
// CHECK: @erf_f32 0: tensor<9xf32> = [-0.999593, -0.5204999, 0.0, 0.2763264, 0.8427008, 0.9999779, 1.0, -1.0, nan]
func.func @erf_f32() -> (tensor<9xf32>) {
  %x = weft.constant dense<[-2.5, -0.5, 0.0, 0.25, 1.0, 3.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<9xf32>
  %y = weft.erf %x : (tensor<9xf32>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}
