// RUN: weft-interp %s | FileCheck %s
//
// What weft.linear_attention computes, in numbers; docs/spec says why.

// The state sums k v: y is q times all values so far.
// CHECK: @linear_attention_linear 0: tensor<1x3x1x1xf32> = {{\[\[}}{{\[\[}}1.0]], {{\[\[}}3.0]], {{\[\[}}6.0]]]]
// CHECK: @linear_attention_linear 1: tensor<1x1x1x1xf32> = {{\[\[}}{{\[\[}}6.0]]]]
func.func @linear_attention_linear() -> (tensor<1x3x1x1xf32>, tensor<1x1x1x1xf32>) {
  %q = weft.constant dense<1.0> : tensor<1x3x1x1xf32>
  %k = weft.constant dense<1.0> : tensor<1x3x1x1xf32>
  %v = weft.constant dense<[[[[1.0]], [[2.0]], [[3.0]]]]> : tensor<1x3x1x1xf32>
  %y, %s = weft.linear_attention %q, %k, %v {rule = #weft.recurrent_rule<linear>, scale = 1.0 : f64} : (tensor<1x3x1x1xf32>, tensor<1x3x1x1xf32>, tensor<1x3x1x1xf32>) -> (tensor<1x3x1x1xf32>, tensor<1x1x1x1xf32>)
  return %y, %s : tensor<1x3x1x1xf32>, tensor<1x1x1x1xf32>
}

// The delta rule replaces what the key already holds.
// CHECK: @linear_attention_delta 0: tensor<1x3x1x1xf32> = {{\[\[}}{{\[\[}}1.0]], {{\[\[}}2.0]], {{\[\[}}3.0]]]]
func.func @linear_attention_delta() -> (tensor<1x3x1x1xf32>) {
  %q = weft.constant dense<1.0> : tensor<1x3x1x1xf32>
  %k = weft.constant dense<1.0> : tensor<1x3x1x1xf32>
  %v = weft.constant dense<[[[[1.0]], [[2.0]], [[3.0]]]]> : tensor<1x3x1x1xf32>
  %b = weft.constant dense<1.0> : tensor<1x3x1xf32>
  %y, %s = weft.linear_attention %q, %k, %v beta %b {rule = #weft.recurrent_rule<delta>, scale = 1.0 : f64} : (tensor<1x3x1x1xf32>, tensor<1x3x1x1xf32>, tensor<1x3x1x1xf32>, tensor<1x3x1xf32>) -> (tensor<1x3x1x1xf32>, tensor<1x1x1x1xf32>)
  return %y : tensor<1x3x1x1xf32>
}
