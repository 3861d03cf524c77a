// RUN: weft-interp %s | FileCheck %s
//
// What weft.sign computes, in numbers; docs/spec says why.

// NaN stays NaN.
// CHECK: @sign_f32 0: tensor<6xf32> = [-1.0, 0.0, 1.0, 1.0, -1.0, nan]
func.func @sign_f32() -> (tensor<6xf32>) {
  %x = weft.constant dense<[-3.0, 0.0, 2.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<6xf32>
  %y = weft.sign %x : (tensor<6xf32>) -> tensor<6xf32>
  return %y : tensor<6xf32>
}

// Integers.
// CHECK: @sign_i32 0: tensor<3xi32> = [-1, 0, 1]
func.func @sign_i32() -> (tensor<3xi32>) {
  %x = weft.constant dense<[-7, 0, 9]> : tensor<3xi32>
  %y = weft.sign %x : (tensor<3xi32>) -> tensor<3xi32>
  return %y : tensor<3xi32>
}
