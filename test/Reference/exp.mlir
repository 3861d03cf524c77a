// RUN: weft-interp %s | FileCheck %s
//
// What weft.exp computes, in numbers; docs/spec says why.

// Ordinary values, both infinities, NaN.
// CHECK: @exp_f32 0: tensor<9xf32> = [0.082085, 0.60653067, 1.0, 1.2840254, 2.7182817, 20.085537, inf, 0.0, nan]
func.func @exp_f32() -> (tensor<9xf32>) {
  %x = weft.constant dense<[-2.5, -0.5, 0.0, 0.25, 1.0, 3.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<9xf32>
  %y = weft.exp %x : (tensor<9xf32>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}

// Rounded to f16 once; beyond its range infinity.
// CHECK: @exp_f16 0: tensor<4xf16> = [2.71875, 0.36791992, 59872.0, inf]
func.func @exp_f16() -> (tensor<4xf16>) {
  %x = weft.constant dense<[1.0, -1.0, 11.0, 12.0]> : tensor<4xf16>
  %y = weft.exp %x : (tensor<4xf16>) -> tensor<4xf16>
  return %y : tensor<4xf16>
}
