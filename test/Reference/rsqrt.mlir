// RUN: weft-interp %s | FileCheck %s
//
// What weft.rsqrt computes, in numbers; docs/spec says why.

// Ordinary values, zero, infinity, a negative value, NaN.
// CHECK: @rsqrt_f32 0: tensor<8xf32> = [2.0, 1.0, 0.70710677, 0.31622776, inf, 0.0, nan, nan]
func.func @rsqrt_f32() -> (tensor<8xf32>) {
  %x = weft.constant dense<[0.25, 1.0, 2.0, 10.0, 0.0, 0x7F800000, -1.0, 0x7FC00000]> : tensor<8xf32>
  %y = weft.rsqrt %x : (tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}
