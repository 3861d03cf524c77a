// RUN: weft-interp %s | FileCheck %s
//
// What weft.not computes, in numbers; docs/spec says why.

// Booleans.
// CHECK: @not_i1 0: tensor<2xi1> = [false, true]
func.func @not_i1() -> (tensor<2xi1>) {
  %x = weft.constant dense<[true, false]> : tensor<2xi1>
  %y = weft.not %x : (tensor<2xi1>) -> tensor<2xi1>
  return %y : tensor<2xi1>
}

// Bits.
// CHECK: @not_ui8 0: tensor<3xui8> = [255, 250, 0]
func.func @not_ui8() -> (tensor<3xui8>) {
  %x = weft.constant dense<[0, 5, 255]> : tensor<3xui8>
  %y = weft.not %x : (tensor<3xui8>) -> tensor<3xui8>
  return %y : tensor<3xui8>
}
