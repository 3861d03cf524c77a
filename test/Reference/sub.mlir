// RUN: weft-interp %s | FileCheck %s
//
// What weft.sub computes, in numbers; docs/spec says why.

// A row broadcasts down.
// CHECK: @sub_broadcast 0: tensor<2x3xf32> = {{\[\[}}-9.0, -18.0, -27.0], [-6.0, -15.0, -24.0]]
func.func @sub_broadcast() -> (tensor<2x3xf32>) {
  %a = weft.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %b = weft.constant dense<[[10.0, 20.0, 30.0]]> : tensor<1x3xf32>
  %y = weft.sub %a, %b : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// A column with a row.
// CHECK: @sub_outer 0: tensor<2x3xf32> = {{\[\[}}-9.0, -19.0, -29.0], [-8.0, -18.0, -28.0]]
func.func @sub_outer() -> (tensor<2x3xf32>) {
  %a = weft.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %b = weft.constant dense<[[10.0, 20.0, 30.0]]> : tensor<1x3xf32>
  %y = weft.sub %a, %b : (tensor<2x1xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// Wraps.
// CHECK: @sub_ui8 0: tensor<2xui8> = [255, 2]
func.func @sub_ui8() -> (tensor<2xui8>) {
  %a = weft.constant dense<[0, 5]> : tensor<2xui8>
  %b = weft.constant dense<[1, 3]> : tensor<2xui8>
  %y = weft.sub %a, %b : (tensor<2xui8>, tensor<2xui8>) -> tensor<2xui8>
  return %y : tensor<2xui8>
}
