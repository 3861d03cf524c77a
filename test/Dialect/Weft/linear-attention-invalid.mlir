// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.linear_attention is refused with its label.

func.func @linear_attention_c1_rank(%q: tensor<3x4x8xf32>, %k: tensor<1x3x2x8xf32>, %v: tensor<1x3x2x8xf32>) {
  // expected-error-re @+2 {{expected q, k and v of rank 4{{.*}} [linear_attention-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1 = weft.linear_attention %q, %k, %v {rule = #weft.recurrent_rule<linear>, scale = 1.0 : f64} : (tensor<3x4x8xf32>, tensor<1x3x2x8xf32>, tensor<1x3x2x8xf32>) -> (tensor<1x3x4x8xf32>, tensor<1x2x8x8xf32>)
  return
}

// -----

func.func @linear_attention_c2_time(%q: tensor<1x3x4x8xf32>, %k: tensor<1x4x2x8xf32>, %v: tensor<1x4x2x8xf32>) {
  // expected-error-re @+2 {{expected q, k and v of equal dim 1{{.*}} [linear_attention-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1 = weft.linear_attention %q, %k, %v {rule = #weft.recurrent_rule<linear>, scale = 1.0 : f64} : (tensor<1x3x4x8xf32>, tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>) -> (tensor<1x3x4x8xf32>, tensor<1x2x8x8xf32>)
  return
}

// -----

func.func @linear_attention_c3_heads(%q: tensor<1x3x3x8xf32>, %k: tensor<1x3x2x8xf32>, %v: tensor<1x3x2x8xf32>) {
  // expected-error-re @+2 {{expected the query heads (3) to be a multiple{{.*}} [linear_attention-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1 = weft.linear_attention %q, %k, %v {rule = #weft.recurrent_rule<linear>, scale = 1.0 : f64} : (tensor<1x3x3x8xf32>, tensor<1x3x2x8xf32>, tensor<1x3x2x8xf32>) -> (tensor<1x3x4x8xf32>, tensor<1x2x8x8xf32>)
  return
}

// -----

func.func @linear_attention_c4_decay(%q: tensor<1x3x4x8xf32>, %k: tensor<1x3x2x8xf32>, %v: tensor<1x3x2x8xf32>) {
  // expected-error-re @+1 {{expected a decay exactly for the gated rules{{.*}} [linear_attention-C4]}}
  %r0, %r1 = weft.linear_attention %q, %k, %v {rule = #weft.recurrent_rule<gated>, scale = 1.0 : f64} : (tensor<1x3x4x8xf32>, tensor<1x3x2x8xf32>, tensor<1x3x2x8xf32>) -> (tensor<1x3x4x8xf32>, tensor<1x2x8x8xf32>)
  return
}

// -----

func.func @linear_attention_c5_state(%q: tensor<1x3x4x8xf32>, %k: tensor<1x3x2x8xf32>, %v: tensor<1x3x2x8xf32>, %s: tensor<1x2x8x7xf32>) {
  // expected-error-re @+1 {{expected state [B Hkv Dk Dv]{{.*}} [linear_attention-C5]}}
  %r0, %r1 = weft.linear_attention %q, %k, %v state %s {rule = #weft.recurrent_rule<linear>, scale = 1.0 : f64} : (tensor<1x3x4x8xf32>, tensor<1x3x2x8xf32>, tensor<1x3x2x8xf32>, tensor<1x2x8x7xf32>) -> (tensor<1x3x4x8xf32>, tensor<1x2x8x8xf32>)
  return
}

// -----

func.func @linear_attention_c6_decay_shape(%q: tensor<1x3x4x8xf32>, %k: tensor<1x3x2x8xf32>, %v: tensor<1x3x2x8xf32>, %s: tensor<1x3x2xf32>) {
  // expected-error-re @+1 {{expected decay [B T Hkv Dk|1]{{.*}} [linear_attention-C6]}}
  %r0, %r1 = weft.linear_attention %q, %k, %v decay %s {rule = #weft.recurrent_rule<gated>, scale = 1.0 : f64} : (tensor<1x3x4x8xf32>, tensor<1x3x2x8xf32>, tensor<1x3x2x8xf32>, tensor<1x3x2xf32>) -> (tensor<1x3x4x8xf32>, tensor<1x2x8x8xf32>)
  return
}

// -----

func.func @linear_attention_c7_beta(%q: tensor<1x3x4x8xf32>, %k: tensor<1x3x2x8xf32>, %v: tensor<1x3x2x8xf32>, %s: tensor<1x3x3xf32>) {
  // expected-error-re @+1 {{expected beta [B T Hkv|1]{{.*}} [linear_attention-C7]}}
  %r0, %r1 = weft.linear_attention %q, %k, %v beta %s {rule = #weft.recurrent_rule<delta>, scale = 1.0 : f64} : (tensor<1x3x4x8xf32>, tensor<1x3x2x8xf32>, tensor<1x3x2x8xf32>, tensor<1x3x3xf32>) -> (tensor<1x3x4x8xf32>, tensor<1x2x8x8xf32>)
  return
}
