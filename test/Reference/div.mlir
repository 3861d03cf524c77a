// RUN: weft-interp %s | FileCheck %s
//
// What weft.div computes, in numbers; docs/spec says why.

// A row broadcasts down.
// CHECK: @div_broadcast 0: tensor<2x3xf32> = {{\[\[}}0.1, 0.1, 0.1], [0.4, 0.25, 0.2]]
func.func @div_broadcast() -> (tensor<2x3xf32>) {
  %a = weft.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %b = weft.constant dense<[[10.0, 20.0, 30.0]]> : tensor<1x3xf32>
  %y = weft.div %a, %b : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// A column with a row.
// CHECK: @div_outer 0: tensor<2x3xf32> = {{\[\[}}0.1, 0.05, 0.033333335], [0.2, 0.1, 0.06666667]]
func.func @div_outer() -> (tensor<2x3xf32>) {
  %a = weft.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %b = weft.constant dense<[[10.0, 20.0, 30.0]]> : tensor<1x3xf32>
  %y = weft.div %a, %b : (tensor<2x1xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// Toward zero; by zero 0; the least value over -1 stays.
// CHECK: @div_i32 0: tensor<4xi32> = [3, -3, 0, -2147483648]
func.func @div_i32() -> (tensor<4xi32>) {
  %a = weft.constant dense<[7, -7, 5, -2147483648]> : tensor<4xi32>
  %b = weft.constant dense<[2, 2, 0, -1]> : tensor<4xi32>
  %y = weft.div %a, %b : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return %y : tensor<4xi32>
}

// Zero divisors.
// CHECK: @div_f32_special 0: tensor<3xf32> = [inf, -inf, nan]
func.func @div_f32_special() -> (tensor<3xf32>) {
  %a = weft.constant dense<[1.0, -1.0, 0.0]> : tensor<3xf32>
  %b = weft.constant dense<[0.0, 0.0, 0.0]> : tensor<3xf32>
  %y = weft.div %a, %b : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}
