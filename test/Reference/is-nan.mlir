// RUN: weft-interp %s | FileCheck %s
//
// What weft.is_nan computes, in numbers; docs/spec says why.

// Only NaN.
// CHECK: @is_nan_f32 0: tensor<3xi1> = [false, true, false]
func.func @is_nan_f32() -> (tensor<3xi1>) {
  %x = weft.constant dense<[1.0, 0x7FC00000, 0x7F800000]> : tensor<3xf32>
  %y = weft.is_nan %x : (tensor<3xf32>) -> tensor<3xi1>
  return %y : tensor<3xi1>
}
