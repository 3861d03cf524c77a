// RUN: weft-interp %s | FileCheck %s
//
// What weft.gru computes, in numbers; docs/spec says why.

// z = 1 keeps the state, z = 0 takes the candidate.
// CHECK: @gru_closed_gates 0: tensor<2x1x1xf32> = {{\[\[}}[0.25]], {{\[\[}}1.0]]]
func.func @gru_closed_gates() -> (tensor<2x1x1xf32>) {
  %g = weft.constant dense<[[[100.0, 0.0, 5.0]], [[-100.0, 0.0, 100.0]]]> : tensor<2x1x3xf32>
  %r = weft.constant dense<0.0> : tensor<3x1xf32>
  %b = weft.constant dense<0.0> : tensor<3xf32>
  %h = weft.constant dense<0.25> : tensor<1x1xf32>
  %y, %z = weft.gru %g, %r, %b, %h {acts = ["Sigmoid", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<2x1x3xf32>, tensor<3x1xf32>, tensor<3xf32>, tensor<1x1xf32>) -> (tensor<2x1x1xf32>, tensor<1x1xf32>)
  return %y : tensor<2x1x1xf32>
}
