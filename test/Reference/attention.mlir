// RUN: weft-interp %s | FileCheck %s
//
// What weft.attention computes, in numbers; docs/spec says why.

// Equal scores average what is visible: one key for the first row, two for the second.
// CHECK: @attention_causal 0: tensor<1x1x2x1xf32> = {{\[\[}}{{\[\[}}2.0], [3.0]]]]
func.func @attention_causal() -> (tensor<1x1x2x1xf32>) {
  %q = weft.constant dense<[[[[1.0], [1.0]]]]> : tensor<1x1x2x1xf32>
  %k = weft.constant dense<[[[[0.0], [0.0]]]]> : tensor<1x1x2x1xf32>
  %v = weft.constant dense<[[[[2.0], [4.0]]]]> : tensor<1x1x2x1xf32>
  %y = weft.attention %q, %k, %v {scale = 1.0 : f64, causal = true} : (tensor<1x1x2x1xf32>, tensor<1x1x2x1xf32>, tensor<1x1x2x1xf32>) -> tensor<1x1x2x1xf32>
  return %y : tensor<1x1x2x1xf32>
}

// A row that sees nothing is 0, not NaN.
// CHECK: @attention_hidden_row 0: tensor<1x1x2x1xf32> = {{\[\[}}{{\[\[}}3.0], [0.0]]]]
func.func @attention_hidden_row() -> (tensor<1x1x2x1xf32>) {
  %q = weft.constant dense<[[[[1.0], [1.0]]]]> : tensor<1x1x2x1xf32>
  %k = weft.constant dense<[[[[0.0], [0.0]]]]> : tensor<1x1x2x1xf32>
  %v = weft.constant dense<[[[[2.0], [4.0]]]]> : tensor<1x1x2x1xf32>
  %m = weft.constant dense<[[[[true, true], [false, false]]]]> : tensor<1x1x2x2xi1>
  %y = weft.attention %q, %k, %v mask %m {scale = 1.0 : f64} : (tensor<1x1x2x1xf32>, tensor<1x1x2x1xf32>, tensor<1x1x2x1xf32>, tensor<1x1x2x2xi1>) -> tensor<1x1x2x1xf32>
  return %y : tensor<1x1x2x1xf32>
}

// A sink takes its share of the weights.
// CHECK: @attention_sink 0: tensor<1x1x2x1xf32> = {{\[\[}}{{\[\[}}2.0], [2.0]]]]
func.func @attention_sink() -> (tensor<1x1x2x1xf32>) {
  %q = weft.constant dense<[[[[1.0], [1.0]]]]> : tensor<1x1x2x1xf32>
  %k = weft.constant dense<[[[[0.0], [0.0]]]]> : tensor<1x1x2x1xf32>
  %v = weft.constant dense<[[[[2.0], [4.0]]]]> : tensor<1x1x2x1xf32>
  %m = weft.constant dense<0.0> : tensor<1xf32>
  %y = weft.attention %q, %k, %v sink %m {scale = 1.0 : f64} : (tensor<1x1x2x1xf32>, tensor<1x1x2x1xf32>, tensor<1x1x2x1xf32>, tensor<1xf32>) -> tensor<1x1x2x1xf32>
  return %y : tensor<1x1x2x1xf32>
}
