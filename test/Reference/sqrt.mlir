// RUN: weft-interp %s | FileCheck %s
//
// What weft.sqrt computes, in numbers; docs/spec says why.

// Ordinary values, zero, infinity, a negative value, NaN.
// CHECK: @sqrt_f32 0: tensor<8xf32> = [0.5, 1.0, 1.4142135, 3.1622777, 0.0, inf, nan, nan]
func.func @sqrt_f32() -> (tensor<8xf32>) {
  %x = weft.constant dense<[0.25, 1.0, 2.0, 10.0, 0.0, 0x7F800000, -1.0, 0x7FC00000]> : tensor<8xf32>
  %y = weft.sqrt %x : (tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}
