// RUN: weft-interp %s | FileCheck %s
//
// What weft.pow computes, in numbers; docs/spec says why.

// Floats.
// CHECK: @pow_f32 0: tensor<5xf32> = [1024.0, 0.5, 1.0, -1.0, nan]
func.func @pow_f32() -> (tensor<5xf32>) {
  %a = weft.constant dense<[2.0, 2.0, 0.0, -1.0, -8.0]> : tensor<5xf32>
  %b = weft.constant dense<[10.0, -1.0, 0.0, 3.0, 0.5]> : tensor<5xf32>
  %y = weft.pow %a, %b : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xf32>
  return %y : tensor<5xf32>
}

// By squaring modulo 2^32; negative exponents.
// CHECK: @pow_i32 0: tensor<6xi32> = [1024, 27, 0, -1, 1, 0]
func.func @pow_i32() -> (tensor<6xi32>) {
  %a = weft.constant dense<[2, 3, 2, -1, 1, 2]> : tensor<6xi32>
  %b = weft.constant dense<[10, 3, -1, -3, -9, 33]> : tensor<6xi32>
  %y = weft.pow %a, %b : (tensor<6xi32>, tensor<6xi32>) -> tensor<6xi32>
  return %y : tensor<6xi32>
}

// The result has the type of the base.
// CHECK: @pow_mixed 0: tensor<2xi32> = [1, 9]
func.func @pow_mixed() -> (tensor<2xi32>) {
  %a = weft.constant dense<[2, 3]> : tensor<2xi32>
  %b = weft.constant dense<[0.5, 2.0]> : tensor<2xf32>
  %y = weft.pow %a, %b : (tensor<2xi32>, tensor<2xf32>) -> tensor<2xi32>
  return %y : tensor<2xi32>
}
