// RUN: weft-interp %s | FileCheck %s
//
// What weft.acosh computes, in numbers; docs/spec says why.

// At and above 1; NaN below.
// CHECK: @acosh_f32 0: tensor<6xf32> = [0.0, 0.9624236, 1.7627472, inf, nan, nan]
func.func @acosh_f32() -> (tensor<6xf32>) {
  %x = weft.constant dense<[1.0, 1.5, 3.0, 0x7F800000, 0.5, 0x7FC00000]> : tensor<6xf32>
  %y = weft.acosh %x : (tensor<6xf32>) -> tensor<6xf32>
  return %y : tensor<6xf32>
}
