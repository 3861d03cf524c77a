// RUN: weft-interp %s | FileCheck %s
//
// What weft.requantize computes, in numbers; docs/spec says why.

// Accumulators to 8 bits.
// CHECK: @requantize_rounded 0: tensor<3xi8> = [3, 9, 127]
func.func @requantize_rounded() -> (tensor<3xi8>) {
  %x = weft.constant dense<[10, 30, 100000]> : tensor<3xi32>
  %s = weft.constant dense<0.25> : tensor<f32>
  %z = weft.constant dense<1> : tensor<i8>
  %y = weft.requantize %x, %s zp %z {to = i8} : (tensor<3xi32>, tensor<f32>, tensor<i8>) -> tensor<3xi8>
  return %y : tensor<3xi8>
}
