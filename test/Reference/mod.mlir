// RUN: weft-interp %s | FileCheck %s
//
// What weft.mod computes, in numbers; docs/spec says why.

// The sign of the divisor; by zero 0.
// CHECK: @mod_i32 0: tensor<5xi32> = [1, 2, -2, -1, 0]
func.func @mod_i32() -> (tensor<5xi32>) {
  %a = weft.constant dense<[7, -7, 7, -7, 5]> : tensor<5xi32>
  %b = weft.constant dense<[3, 3, -3, -3, 0]> : tensor<5xi32>
  %y = weft.mod %a, %b : (tensor<5xi32>, tensor<5xi32>) -> tensor<5xi32>
  return %y : tensor<5xi32>
}

// The sign of the dividend.
// CHECK: @mod_i32_fmod 0: tensor<4xi32> = [1, -1, 1, -1]
func.func @mod_i32_fmod() -> (tensor<4xi32>) {
  %a = weft.constant dense<[7, -7, 7, -7]> : tensor<4xi32>
  %b = weft.constant dense<[3, 3, -3, -3]> : tensor<4xi32>
  %y = weft.mod %a, %b {fmod = true} : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return %y : tensor<4xi32>
}

// Floats: by 0 NaN, by Inf x or, for opposite signs, that Inf.
// CHECK: @mod_f32 0: tensor<6xf32> = [1.5, -1.5, nan, 3.0, inf, nan]
func.func @mod_f32() -> (tensor<6xf32>) {
  %a = weft.constant dense<[-4.5, 4.5, 5.0, 3.0, -3.0, 0x7F800000]> : tensor<6xf32>
  %b = weft.constant dense<[2.0, -2.0, 0.0, 0x7F800000, 0x7F800000, 2.0]> : tensor<6xf32>
  %y = weft.mod %a, %b : (tensor<6xf32>, tensor<6xf32>) -> tensor<6xf32>
  return %y : tensor<6xf32>
}

// As C fmod.
// CHECK: @mod_f32_fmod 0: tensor<3xf32> = [-0.5, 0.5, 3.0]
func.func @mod_f32_fmod() -> (tensor<3xf32>) {
  %a = weft.constant dense<[-4.5, 4.5, 3.0]> : tensor<3xf32>
  %b = weft.constant dense<[2.0, -2.0, 0x7F800000]> : tensor<3xf32>
  %y = weft.mod %a, %b {fmod = true} : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}
