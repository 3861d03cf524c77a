// RUN: weft-interp %s | FileCheck %s
//
// What weft.dequantize computes, in numbers; docs/spec says why.

// One scale and zero point per row.
// CHECK: @dequantize_per_axis 0: tensor<2x2xf32> = {{\[\[}}0.0, 0.5], [6.0, 8.0]]
func.func @dequantize_per_axis() -> (tensor<2x2xf32>) {
  %x = weft.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>
  %s = weft.constant dense<[0.5, 2.0]> : tensor<2xf32>
  %z = weft.constant dense<[1, 0]> : tensor<2xi8>
  %y = weft.dequantize %x, %s zp %z {to = f32, axis = 0 : i64} : (tensor<2x2xi8>, tensor<2xf32>, tensor<2xi8>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// A palette.
// CHECK: @dequantize_table 0: tensor<2xf32> = [-2.0, 0.5]
func.func @dequantize_table() -> (tensor<2xf32>) {
  %x = weft.constant dense<[1, 0]> : tensor<2xui8>
  %s = weft.constant dense<2.0> : tensor<f32>
  %t = weft.constant dense<[0.25, -1.0]> : tensor<2xf32>
  %y = weft.dequantize %x, %s table %t {to = f32} : (tensor<2xui8>, tensor<f32>, tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
