// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.lstm is refused with its label.

func.func @lstm_c1_rank(%g: tensor<5x16xf32>, %r: tensor<16x4xf32>, %h0: tensor<1x4xf32>, %c0: tensor<1x4xf32>) {
  // expected-error-re @+2 {{expected gates, r and initial state of rank 3, 2 and 2{{.*}} [lstm-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1, %r2 = weft.lstm %g, %r, %h0, %c0 {acts = ["Sigmoid", "Tanh", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x16xf32>, tensor<16x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @lstm_c2_sizes(%g: tensor<5x1x16xf32>, %r: tensor<17x4xf32>, %h0: tensor<1x4xf32>, %c0: tensor<1x4xf32>) {
  // expected-error-re @+2 {{expected gates [S B 4*H], r [4*H H] and states [B H]{{.*}} [lstm-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1, %r2 = weft.lstm %g, %r, %h0, %c0 {acts = ["Sigmoid", "Tanh", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x16xf32>, tensor<17x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @lstm_c3_batch(%g: tensor<5x1x16xf32>, %r: tensor<16x4xf32>, %h0: tensor<2x4xf32>, %c0: tensor<2x4xf32>) {
  // expected-error-re @+2 {{expected gates dim 1 (1) to equal initial state dim 0 (2){{.*}} [lstm-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1, %r2 = weft.lstm %g, %r, %h0, %c0 {acts = ["Sigmoid", "Tanh", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x16xf32>, tensor<16x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @lstm_c4_type(%g: tensor<5x1x16xi32>, %r: tensor<16x4xf32>, %h0: tensor<1x4xf32>, %c0: tensor<1x4xf32>) {
  // expected-error-re @+2 {{expected gates of a float type, but got 'i32'{{.*}} [lstm-C4]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1, %r2 = weft.lstm %g, %r, %h0, %c0 {acts = ["Sigmoid", "Tanh", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x16xi32>, tensor<16x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @lstm_c5_activation(%g: tensor<5x1x16xf32>, %r: tensor<16x4xf32>, %h0: tensor<1x4xf32>, %c0: tensor<1x4xf32>) {
  // expected-error-re @+1 {{expected an activation of ONNX, but got 'Tahn'{{.*}} [lstm-C5]}}
  %r0, %r1, %r2 = weft.lstm %g, %r, %h0, %c0 {acts = ["Tahn", "Tanh", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x16xf32>, tensor<16x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @lstm_c6_alpha(%g: tensor<5x1x16xf32>, %r: tensor<16x4xf32>, %h0: tensor<1x4xf32>, %c0: tensor<1x4xf32>) {
  // expected-error-re @+1 {{expected no act_alpha and act_beta or one per activation{{.*}} [lstm-C6]}}
  %r0, %r1, %r2 = weft.lstm %g, %r, %h0, %c0 {acts = ["Sigmoid", "Tanh", "Tanh"], act_alpha = array<f64: 1.0, 1.0, 1.0, 1.0>, act_beta = array<f64>} : (tensor<5x1x16xf32>, tensor<16x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @lstm_c7_len(%g: tensor<5x1x16xf32>, %r: tensor<16x4xf32>, %h0: tensor<1x4xf32>, %c0: tensor<1x4xf32>, %l: tensor<2xi32>) {
  // expected-error-re @+1 {{expected len [B]{{.*}} [lstm-C7]}}
  %r0, %r1, %r2 = weft.lstm %g, %r, %h0, %c0 len %l {acts = ["Sigmoid", "Tanh", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x16xf32>, tensor<16x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<2xi32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @lstm_c8_c0(%g: tensor<5x1x16xf32>, %r: tensor<16x4xf32>, %h0: tensor<1x4xf32>, %c0: tensor<2x4xf32>) {
  // expected-error-re @+1 {{expected c0 of the shape of h0{{.*}} [lstm-C8]}}
  %r0, %r1, %r2 = weft.lstm %g, %r, %h0, %c0 {acts = ["Sigmoid", "Tanh", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x16xf32>, tensor<16x4xf32>, tensor<1x4xf32>, tensor<2x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @lstm_c9_peephole(%g: tensor<5x1x16xf32>, %r: tensor<16x4xf32>, %h0: tensor<1x4xf32>, %c0: tensor<1x4xf32>, %p: tensor<11xf32>) {
  // expected-error-re @+1 {{expected a peephole [3*H]{{.*}} [lstm-C9]}}
  %r0, %r1, %r2 = weft.lstm %g, %r, %h0, %c0 peephole %p {acts = ["Sigmoid", "Tanh", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x16xf32>, tensor<16x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<11xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>)
  return
}
