// RUN: weft-interp %s | FileCheck %s
//
// What weft.log computes, in numbers; docs/spec says why.

// Ordinary values, zero, infinity, a negative value, NaN.
// CHECK: @log_f32 0: tensor<8xf32> = [-1.3862944, 0.0, 0.6931472, 2.3025851, -inf, inf, nan, nan]
func.func @log_f32() -> (tensor<8xf32>) {
  %x = weft.constant dense<[0.25, 1.0, 2.0, 10.0, 0.0, 0x7F800000, -1.0, 0x7FC00000]> : tensor<8xf32>
  %y = weft.log %x : (tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}
