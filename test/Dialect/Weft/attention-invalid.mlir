// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.attention is refused with its label.

func.func @attention_c1_rank(%q: tensor<4x3x8xf32>, %k: tensor<1x2x5x8xf32>, %v: tensor<1x2x5x8xf32>) {
  // expected-error-re @+2 {{expected q, k and v of rank 4{{.*}} [attention-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.attention %q, %k, %v {scale = 1.0 : f64} : (tensor<4x3x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>) -> tensor<1x4x3x8xf32>
  return
}

// -----

func.func @attention_c2_depth(%q: tensor<1x4x3x7xf32>, %k: tensor<1x2x5x8xf32>, %v: tensor<1x2x5x8xf32>) {
  // expected-error-re @+2 {{expected q dim 3 (7) to equal k dim 3 (8){{.*}} [attention-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.attention %q, %k, %v {scale = 1.0 : f64} : (tensor<1x4x3x7xf32>, tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>) -> tensor<1x4x3x8xf32>
  return
}

// -----

func.func @attention_c3_rows(%q: tensor<1x4x3x8xf32>, %k: tensor<1x2x5x8xf32>, %v: tensor<1x2x4x8xf32>) {
  // expected-error-re @+2 {{expected k dim 2 (5) to equal that of v (4){{.*}} [attention-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.attention %q, %k, %v {scale = 1.0 : f64} : (tensor<1x4x3x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x4x8xf32>) -> tensor<1x4x3x8xf32>
  return
}

// -----

func.func @attention_c4_heads(%q: tensor<1x3x3x8xf32>, %k: tensor<1x2x5x8xf32>, %v: tensor<1x2x5x8xf32>) {
  // expected-error-re @+2 {{expected the query heads (3) to be a multiple of the key heads (2){{.*}} [attention-C4]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.attention %q, %k, %v {scale = 1.0 : f64} : (tensor<1x3x3x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>) -> tensor<1x4x3x8xf32>
  return
}

// -----

func.func @attention_c5_mask(%q: tensor<1x4x3x8xf32>, %k: tensor<1x2x5x8xf32>, %v: tensor<1x2x5x8xf32>, %m: tensor<1x1x3x4xf32>) {
  // expected-error-re @+1 {{expected mask dim 3 (4) to be 1 or 5{{.*}} [attention-C5]}}
  %r0 = weft.attention %q, %k, %v mask %m {scale = 1.0 : f64} : (tensor<1x4x3x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>, tensor<1x1x3x4xf32>) -> tensor<1x4x3x8xf32>
  return
}

// -----

func.func @attention_c6_kv_len(%q: tensor<1x4x3x8xf32>, %k: tensor<1x2x5x8xf32>, %v: tensor<1x2x5x8xf32>, %m: tensor<3xi64>) {
  // expected-error-re @+1 {{expected kv_len of one element or one per sample{{.*}} [attention-C6]}}
  %r0 = weft.attention %q, %k, %v kv_len %m {scale = 1.0 : f64} : (tensor<1x4x3x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>, tensor<3xi64>) -> tensor<1x4x3x8xf32>
  return
}

// -----

func.func @attention_c7_sink(%q: tensor<1x4x3x8xf32>, %k: tensor<1x2x5x8xf32>, %v: tensor<1x2x5x8xf32>, %m: tensor<3xf32>) {
  // expected-error-re @+1 {{expected sink of one element per query head{{.*}} [attention-C7]}}
  %r0 = weft.attention %q, %k, %v sink %m {scale = 1.0 : f64} : (tensor<1x4x3x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>, tensor<3xf32>) -> tensor<1x4x3x8xf32>
  return
}

// -----

func.func @attention_c8_window(%q: tensor<1x4x3x8xf32>, %k: tensor<1x2x5x8xf32>, %v: tensor<1x2x5x8xf32>) {
  // expected-error-re @+1 {{expected windows of at least -1 and a softcap of at least 0{{.*}} [attention-C8]}}
  %r0 = weft.attention %q, %k, %v {scale = 1.0 : f64, window_left = -2 : i64} : (tensor<1x4x3x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>) -> tensor<1x4x3x8xf32>
  return
}
