// RUN: weft-interp %s | FileCheck %s
//
// What weft.neg computes, in numbers; docs/spec says why.

// Ordinary values, both infinities, NaN.
// CHECK: @neg_f32 0: tensor<9xf32> = [2.5, 0.5, -0.0, -0.25, -1.0, -3.0, -inf, inf, nan]
func.func @neg_f32() -> (tensor<9xf32>) {
  %x = weft.constant dense<[-2.5, -0.5, 0.0, 0.25, 1.0, 3.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<9xf32>
  %y = weft.neg %x : (tensor<9xf32>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}

// Unsigned values wrap.
// CHECK: @neg_ui8 0: tensor<3xui8> = [0, 255, 56]
func.func @neg_ui8() -> (tensor<3xui8>) {
  %x = weft.constant dense<[0, 1, 200]> : tensor<3xui8>
  %y = weft.neg %x : (tensor<3xui8>) -> tensor<3xui8>
  return %y : tensor<3xui8>
}
