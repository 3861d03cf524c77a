// RUN: weft-interp %s | FileCheck %s
//
// What weft.abs computes, in numbers; docs/spec says why.

// Ordinary values, both infinities, NaN.
// CHECK: @abs_f32 0: tensor<9xf32> = [2.5, 0.5, 0.0, 0.25, 1.0, 3.0, inf, inf, nan]
func.func @abs_f32() -> (tensor<9xf32>) {
  %x = weft.constant dense<[-2.5, -0.5, 0.0, 0.25, 1.0, 3.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<9xf32>
  %y = weft.abs %x : (tensor<9xf32>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}

// The least value has no opposite: it stays.
// CHECK: @abs_i8 0: tensor<4xi8> = [-128, 5, 0, 7]
func.func @abs_i8() -> (tensor<4xi8>) {
  %x = weft.constant dense<[-128, -5, 0, 7]> : tensor<4xi8>
  %y = weft.abs %x : (tensor<4xi8>) -> tensor<4xi8>
  return %y : tensor<4xi8>
}

// The modulus.
// CHECK: @abs_complex 0: tensor<2xf32> = [5.0, 2.0]
func.func @abs_complex() -> (tensor<2xf32>) {
  %x = weft.constant dense<[(3.0, 4.0), (0.0, -2.0)]> : tensor<2xcomplex<f32>>
  %y = weft.abs %x : (tensor<2xcomplex<f32>>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
