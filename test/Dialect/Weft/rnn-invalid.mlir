// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.rnn is refused with its label.

func.func @rnn_c1_rank(%g: tensor<5x4xf32>, %r: tensor<4x4xf32>, %h0: tensor<1x4xf32>) {
  // expected-error-re @+2 {{expected gates, r and initial state of rank 3, 2 and 2{{.*}} [rnn-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1 = weft.rnn %g, %r, %h0 {acts = ["Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x4xf32>, tensor<4x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @rnn_c2_sizes(%g: tensor<5x1x4xf32>, %r: tensor<5x4xf32>, %h0: tensor<1x4xf32>) {
  // expected-error-re @+2 {{expected gates [S B 1*H], r [1*H H] and states [B H]{{.*}} [rnn-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1 = weft.rnn %g, %r, %h0 {acts = ["Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x4xf32>, tensor<5x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @rnn_c3_batch(%g: tensor<5x1x4xf32>, %r: tensor<4x4xf32>, %h0: tensor<2x4xf32>) {
  // expected-error-re @+2 {{expected gates dim 1 (1) to equal initial state dim 0 (2){{.*}} [rnn-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1 = weft.rnn %g, %r, %h0 {acts = ["Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x4xf32>, tensor<4x4xf32>, tensor<2x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @rnn_c4_type(%g: tensor<5x1x4xi32>, %r: tensor<4x4xf32>, %h0: tensor<1x4xf32>) {
  // expected-error-re @+2 {{expected gates of a float type, but got 'i32'{{.*}} [rnn-C4]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1 = weft.rnn %g, %r, %h0 {acts = ["Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x4xi32>, tensor<4x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @rnn_c5_activation(%g: tensor<5x1x4xf32>, %r: tensor<4x4xf32>, %h0: tensor<1x4xf32>) {
  // expected-error-re @+1 {{expected an activation of ONNX, but got 'Tahn'{{.*}} [rnn-C5]}}
  %r0, %r1 = weft.rnn %g, %r, %h0 {acts = ["Tahn"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x4xf32>, tensor<4x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @rnn_c6_alpha(%g: tensor<5x1x4xf32>, %r: tensor<4x4xf32>, %h0: tensor<1x4xf32>) {
  // expected-error-re @+1 {{expected no act_alpha and act_beta or one per activation{{.*}} [rnn-C6]}}
  %r0, %r1 = weft.rnn %g, %r, %h0 {acts = ["Tanh"], act_alpha = array<f64: 1.0, 1.0, 1.0, 1.0>, act_beta = array<f64>} : (tensor<5x1x4xf32>, tensor<4x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @rnn_c7_len(%g: tensor<5x1x4xf32>, %r: tensor<4x4xf32>, %h0: tensor<1x4xf32>, %l: tensor<2xi32>) {
  // expected-error-re @+1 {{expected len [B]{{.*}} [rnn-C7]}}
  %r0, %r1 = weft.rnn %g, %r, %h0 len %l {acts = ["Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x4xf32>, tensor<4x4xf32>, tensor<1x4xf32>, tensor<2xi32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}
