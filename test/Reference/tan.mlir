// RUN: weft-interp %s | FileCheck %s
//
// What weft.tan computes, in numbers; docs/spec says why.

// Ordinary values, both infinities, NaN.
// CHECK: @tan_f32 0: tensor<9xf32> = [0.7470223, -0.5463025, 0.0, 0.25534192, 1.5574077, -0.14254655, nan, nan, nan]
func.func @tan_f32() -> (tensor<9xf32>) {
  %x = weft.constant dense<[-2.5, -0.5, 0.0, 0.25, 1.0, 3.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<9xf32>
  %y = weft.tan %x : (tensor<9xf32>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}
