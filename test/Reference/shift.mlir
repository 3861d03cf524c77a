// RUN: weft-interp %s | FileCheck %s
//
// What weft.shift computes, in numbers; docs/spec says why.

// Counts outside of the width shift everything out.
// CHECK: @shift_left 0: tensor<4xi8> = [8, -128, 0, 0]
func.func @shift_left() -> (tensor<4xi8>) {
  %a = weft.constant dense<[1, 1, 1, 1]> : tensor<4xi8>
  %b = weft.constant dense<[3, 7, 8, -1]> : tensor<4xi8>
  %y = weft.shift %a, %b {dir = #weft.direction<left>} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %y : tensor<4xi8>
}

// Signed: copies of the sign come in.
// CHECK: @shift_right 0: tensor<5xi8> = [-4, -1, 8, -1, 0]
func.func @shift_right() -> (tensor<5xi8>) {
  %a = weft.constant dense<[-8, -8, 64, -8, 64]> : tensor<5xi8>
  %b = weft.constant dense<[1, 9, 3, -1, 9]> : tensor<5xi8>
  %y = weft.shift %a, %b {dir = #weft.direction<right>} : (tensor<5xi8>, tensor<5xi8>) -> tensor<5xi8>
  return %y : tensor<5xi8>
}

// Unsigned: zeros come in.
// CHECK: @shift_right_unsigned 0: tensor<2xui8> = [100, 0]
func.func @shift_right_unsigned() -> (tensor<2xui8>) {
  %a = weft.constant dense<[200, 200]> : tensor<2xui8>
  %b = weft.constant dense<[1, 8]> : tensor<2xui8>
  %y = weft.shift %a, %b {dir = #weft.direction<right>} : (tensor<2xui8>, tensor<2xui8>) -> tensor<2xui8>
  return %y : tensor<2xui8>
}
