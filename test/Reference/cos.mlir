// RUN: weft-interp %s | FileCheck %s
//
// What weft.cos computes, in numbers; docs/spec says why.

// Ordinary values, both infinities, NaN.
// CHECK: @cos_f32 0: tensor<9xf32> = [-0.8011436, 0.87758255, 1.0, 0.9689124, 0.5403023, -0.9899925, nan, nan, nan]
func.func @cos_f32() -> (tensor<9xf32>) {
  %x = weft.constant dense<[-2.5, -0.5, 0.0, 0.25, 1.0, 3.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<9xf32>
  %y = weft.cos %x : (tensor<9xf32>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}
