// RUN: weft-opt %s | FileCheck %s
//
// weft.lstm parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @lstm_example(
// CHECK: weft.lstm
// CHECK-SAME: : (tensor<5x1x16xf32>, tensor<16x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>)
func.func @lstm_example(%g: tensor<5x1x16xf32>, %r: tensor<16x4xf32>, %h0: tensor<1x4xf32>, %c0: tensor<1x4xf32>) {
  %r0, %r1, %r2 = weft.lstm %g, %r, %h0, %c0 {acts = ["Sigmoid", "Tanh", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x16xf32>, tensor<16x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>)
  return
}
