// RUN: weft-interp %s | FileCheck %s
//
// What weft.add computes, in numbers; docs/spec says why.

// A row broadcasts down.
// CHECK: @add_broadcast 0: tensor<2x3xf32> = {{\[\[}}11.0, 22.0, 33.0], [14.0, 25.0, 36.0]]
func.func @add_broadcast() -> (tensor<2x3xf32>) {
  %a = weft.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %b = weft.constant dense<[[10.0, 20.0, 30.0]]> : tensor<1x3xf32>
  %y = weft.add %a, %b : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// A column with a row.
// CHECK: @add_outer 0: tensor<2x3xf32> = {{\[\[}}11.0, 21.0, 31.0], [12.0, 22.0, 32.0]]
func.func @add_outer() -> (tensor<2x3xf32>) {
  %a = weft.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %b = weft.constant dense<[[10.0, 20.0, 30.0]]> : tensor<1x3xf32>
  %y = weft.add %a, %b : (tensor<2x1xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// Wraps.
// CHECK: @add_i8 0: tensor<3xi8> = [-128, 127, -56]
func.func @add_i8() -> (tensor<3xi8>) {
  %a = weft.constant dense<[127, -128, 100]> : tensor<3xi8>
  %b = weft.constant dense<[1, -1, 100]> : tensor<3xi8>
  %y = weft.add %a, %b : (tensor<3xi8>, tensor<3xi8>) -> tensor<3xi8>
  return %y : tensor<3xi8>
}

// Half to even: 2048 + 1 is 2048, 2050 + 1 is 2052.
// CHECK: @add_f16 0: tensor<3xf16> = [2048.0, 2052.0, inf]
func.func @add_f16() -> (tensor<3xf16>) {
  %a = weft.constant dense<[2048.0, 2050.0, 65504.0]> : tensor<3xf16>
  %b = weft.constant dense<[1.0, 1.0, 32.0]> : tensor<3xf16>
  %y = weft.add %a, %b : (tensor<3xf16>, tensor<3xf16>) -> tensor<3xf16>
  return %y : tensor<3xf16>
}
