// RUN: weft-interp %s | FileCheck %s
//
// What weft.log1p computes, in numbers; docs/spec says why.

// Ordinary and tiny values, the pole at -1, NaN below it.
// CHECK: @log1p_f32 0: tensor<8xf32> = [-0.6931472, 0.0, 1e-08, 1.3862944, -inf, inf, nan, nan]
func.func @log1p_f32() -> (tensor<8xf32>) {
  %x = weft.constant dense<[-0.5, 0.0, 9.99999993922529e-09, 3.0, -1.0, 0x7F800000, -2.0, 0x7FC00000]> : tensor<8xf32>
  %y = weft.log1p %x : (tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}
