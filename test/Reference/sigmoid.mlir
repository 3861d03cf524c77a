// RUN: weft-interp %s | FileCheck %s
//
// What weft.sigmoid computes, in numbers; docs/spec says why.

// Ordinary values, both infinities, NaN.
// CHECK: @sigmoid_f32 0: tensor<9xf32> = [0.07585818, 0.37754068, 0.5, 0.5621765, 0.7310586, 0.95257413, 1.0, 0.0, nan]
func.func @sigmoid_f32() -> (tensor<9xf32>) {
  %x = weft.constant dense<[-2.5, -0.5, 0.0, 0.25, 1.0, 3.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<9xf32>
  %y = weft.sigmoid %x : (tensor<9xf32>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}
