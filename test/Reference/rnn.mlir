// RUN: weft-interp %s | FileCheck %s
//
// What weft.rnn computes, in numbers; docs/spec says why.

// A running sum, backwards over the valid part: two steps of three.
// CHECK: @rnn_reverse 0: tensor<3x1x1xf32> = {{\[\[}}[3.0]], {{\[\[}}2.0]], {{\[\[}}0.0]]]
// CHECK: @rnn_reverse 1: tensor<1x1xf32> = {{\[\[}}3.0]]
func.func @rnn_reverse() -> (tensor<3x1x1xf32>, tensor<1x1xf32>) {
  %g = weft.constant dense<[[[1.0]], [[2.0]], [[4.0]]]> : tensor<3x1x1xf32>
  %r = weft.constant dense<1.0> : tensor<1x1xf32>
  %h = weft.constant dense<0.0> : tensor<1x1xf32>
  %l = weft.constant dense<2> : tensor<1xi32>
  %y, %z = weft.rnn %g, %r, %h len %l {acts = ["Relu"], act_alpha = array<f64>, act_beta = array<f64>, reverse = true} : (tensor<3x1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xi32>) -> (tensor<3x1x1xf32>, tensor<1x1xf32>)
  return %y, %z : tensor<3x1x1xf32>, tensor<1x1xf32>
}
