// RUN: weft-interp %s | FileCheck %s
//
// What weft.quantize computes, in numbers; docs/spec says why.

// Half to even, zero point after rounding, saturation, NaN is 0.
// CHECK: @quantize_half_even_saturate 0: tensor<6xui8> = [128, 130, 128, 255, 0, 0]
func.func @quantize_half_even_saturate() -> (tensor<6xui8>) {
  %x = weft.constant dense<[0.5, 1.5, -0.5, 1000.0, -1000.0, 0x7FC00000]> : tensor<6xf32>
  %s = weft.constant dense<1.0> : tensor<f32>
  %z = weft.constant dense<128> : tensor<ui8>
  %y = weft.quantize %x, %s zp %z {to = ui8} : (tensor<6xf32>, tensor<f32>, tensor<ui8>) -> tensor<6xui8>
  return %y : tensor<6xui8>
}

// One scale for two entries along the axis.
// CHECK: @quantize_blocks 0: tensor<3xi8> = [1, 2, 6]
func.func @quantize_blocks() -> (tensor<3xi8>) {
  %x = weft.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %s = weft.constant dense<[1.0, 0.5]> : tensor<2xf32>
  %y = weft.quantize %x, %s {to = i8, axis = 0 : i64, block_size = 2 : i64} : (tensor<3xf32>, tensor<2xf32>) -> tensor<3xi8>
  return %y : tensor<3xi8>
}
