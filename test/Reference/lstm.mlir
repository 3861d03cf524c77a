// RUN: weft-interp %s | FileCheck %s
//
// What weft.lstm computes, in numbers; docs/spec says why.

// The second step opens the forget gate and doubles the cell; with len 1 it does not happen.
// CHECK: @lstm_open_gates 0: tensor<1x1xf32> = {{\[\[}}0.92423433]]
// CHECK: @lstm_open_gates 1: tensor<2x1x1xf32> = {{\[\[}}[0.43180817]], {{\[\[}}0.0]]]
// CHECK: @lstm_open_gates 2: tensor<1x1xf32> = {{\[\[}}0.46211717]]
func.func @lstm_open_gates() -> (tensor<1x1xf32>, tensor<2x1x1xf32>, tensor<1x1xf32>) {
  %g = weft.constant dense<[[[100.0, 100.0, -100.0, 0.5]], [[100.0, 100.0, 100.0, 0.5]]]> : tensor<2x1x4xf32>
  %r = weft.constant dense<0.0> : tensor<4x1xf32>
  %h = weft.constant dense<0.0> : tensor<1x1xf32>
  %l = weft.constant dense<1> : tensor<1xi32>
  %y, %z, %c = weft.lstm %g, %r, %h, %h {acts = ["Sigmoid", "Tanh", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<2x1x4xf32>, tensor<4x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>) -> (tensor<2x1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>)
  %y2, %z2, %c2 = weft.lstm %g, %r, %h, %h len %l {acts = ["Sigmoid", "Tanh", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<2x1x4xf32>, tensor<4x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xi32>) -> (tensor<2x1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>)
  return %c, %y2, %c2 : tensor<1x1xf32>, tensor<2x1x1xf32>, tensor<1x1xf32>
}
