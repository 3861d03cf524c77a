// RUN: weft-interp %s | FileCheck %s
//
// What weft.rope computes, in numbers; docs/spec says why.

// cos 0, sin 1 turns pairs by a quarter; dims behind stay.
// CHECK: @rope_quarter_turn 0: tensor<1x1x1x5xf32> = {{\[\[}}{{\[\[}}-3.0, -4.0, 1.0, 2.0, 5.0]]]]
// CHECK: @rope_quarter_turn 1: tensor<1x1x1x5xf32> = {{\[\[}}{{\[\[}}-2.0, 1.0, -4.0, 3.0, 5.0]]]]
func.func @rope_quarter_turn() -> (tensor<1x1x1x5xf32>, tensor<1x1x1x5xf32>) {
  %x = weft.constant dense<[[[[1.0, 2.0, 3.0, 4.0, 5.0]]]]> : tensor<1x1x1x5xf32>
  %c = weft.constant dense<0.0> : tensor<1x1x2xf32>
  %s = weft.constant dense<1.0> : tensor<1x1x2xf32>
  %y = weft.rope %x, %c, %s {dims = 4 : i64} : (tensor<1x1x1x5xf32>, tensor<1x1x2xf32>, tensor<1x1x2xf32>) -> tensor<1x1x1x5xf32>
  %z = weft.rope %x, %c, %s {dims = 4 : i64, interleaved = true} : (tensor<1x1x1x5xf32>, tensor<1x1x2xf32>, tensor<1x1x2xf32>) -> tensor<1x1x1x5xf32>
  return %y, %z : tensor<1x1x1x5xf32>, tensor<1x1x1x5xf32>
}
