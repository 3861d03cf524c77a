// RUN: weft-opt %s | FileCheck %s
//
// weft.rnn parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @rnn_example(
// CHECK: weft.rnn
// CHECK-SAME: : (tensor<5x1x4xf32>, tensor<4x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
func.func @rnn_example(%g: tensor<5x1x4xf32>, %r: tensor<4x4xf32>, %h0: tensor<1x4xf32>) {
  %r0, %r1 = weft.rnn %g, %r, %h0 {acts = ["Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x4xf32>, tensor<4x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}
