// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.gru is refused with its label.

func.func @gru_c1_rank(%g: tensor<5x12xf32>, %r: tensor<12x4xf32>, %rb: tensor<12xf32>, %h0: tensor<1x4xf32>) {
  // expected-error-re @+2 {{expected gates, r and initial state of rank 3, 2 and 2{{.*}} [gru-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1 = weft.gru %g, %r, %rb, %h0 {acts = ["Sigmoid", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x12xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @gru_c2_sizes(%g: tensor<5x1x12xf32>, %r: tensor<13x4xf32>, %rb: tensor<12xf32>, %h0: tensor<1x4xf32>) {
  // expected-error-re @+2 {{expected gates [S B 3*H], r [3*H H] and states [B H]{{.*}} [gru-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1 = weft.gru %g, %r, %rb, %h0 {acts = ["Sigmoid", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x12xf32>, tensor<13x4xf32>, tensor<12xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @gru_c3_batch(%g: tensor<5x1x12xf32>, %r: tensor<12x4xf32>, %rb: tensor<12xf32>, %h0: tensor<2x4xf32>) {
  // expected-error-re @+2 {{expected gates dim 1 (1) to equal initial state dim 0 (2){{.*}} [gru-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1 = weft.gru %g, %r, %rb, %h0 {acts = ["Sigmoid", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x12xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<2x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @gru_c4_type(%g: tensor<5x1x12xi32>, %r: tensor<12x4xf32>, %rb: tensor<12xf32>, %h0: tensor<1x4xf32>) {
  // expected-error-re @+2 {{expected gates of a float type, but got 'i32'{{.*}} [gru-C4]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1 = weft.gru %g, %r, %rb, %h0 {acts = ["Sigmoid", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x12xi32>, tensor<12x4xf32>, tensor<12xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @gru_c5_activation(%g: tensor<5x1x12xf32>, %r: tensor<12x4xf32>, %rb: tensor<12xf32>, %h0: tensor<1x4xf32>) {
  // expected-error-re @+1 {{expected an activation of ONNX, but got 'Tahn'{{.*}} [gru-C5]}}
  %r0, %r1 = weft.gru %g, %r, %rb, %h0 {acts = ["Tahn", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x12xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @gru_c6_alpha(%g: tensor<5x1x12xf32>, %r: tensor<12x4xf32>, %rb: tensor<12xf32>, %h0: tensor<1x4xf32>) {
  // expected-error-re @+1 {{expected no act_alpha and act_beta or one per activation{{.*}} [gru-C6]}}
  %r0, %r1 = weft.gru %g, %r, %rb, %h0 {acts = ["Sigmoid", "Tanh"], act_alpha = array<f64: 1.0, 1.0, 1.0, 1.0>, act_beta = array<f64>} : (tensor<5x1x12xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @gru_c7_len(%g: tensor<5x1x12xf32>, %r: tensor<12x4xf32>, %rb: tensor<12xf32>, %h0: tensor<1x4xf32>, %l: tensor<2xi32>) {
  // expected-error-re @+1 {{expected len [B]{{.*}} [gru-C7]}}
  %r0, %r1 = weft.gru %g, %r, %rb, %h0 len %l {acts = ["Sigmoid", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x12xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<1x4xf32>, tensor<2xi32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}

// -----

func.func @gru_c8_rb(%g: tensor<5x1x12xf32>, %r: tensor<12x4xf32>, %rb: tensor<11xf32>, %h0: tensor<1x4xf32>) {
  // expected-error-re @+1 {{expected rb [3*H]{{.*}} [gru-C8]}}
  %r0, %r1 = weft.gru %g, %r, %rb, %h0 {acts = ["Sigmoid", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x12xf32>, tensor<12x4xf32>, tensor<11xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}
