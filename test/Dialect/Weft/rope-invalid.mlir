// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.rope is refused with its label.

func.func @rope_c1_rank(%x: tensor<2x3x8xf32>, %c: tensor<1x3x4xf32>, %s: tensor<1x3x4xf32>) {
  // expected-error-re @+2 {{expected x, cos and sin of rank 4, 3 and 3{{.*}} [rope-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.rope %x, %c, %s {dims = 8 : i64} : (tensor<2x3x8xf32>, tensor<1x3x4xf32>, tensor<1x3x4xf32>) -> tensor<2x3x8xf32>
  return
}

// -----

func.func @rope_c2_dims(%x: tensor<1x2x3x8xf32>, %c: tensor<1x3x4xf32>, %s: tensor<1x3x4xf32>) {
  // expected-error-re @+2 {{expected an even number of dims of at most 8, but got 7{{.*}} [rope-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.rope %x, %c, %s {dims = 7 : i64} : (tensor<1x2x3x8xf32>, tensor<1x3x4xf32>, tensor<1x3x4xf32>) -> tensor<1x2x3x8xf32>
  return
}

// -----

func.func @rope_c3_tables(%x: tensor<1x2x3x8xf32>, %c: tensor<1x3x3xf32>, %s: tensor<1x3x3xf32>) {
  // expected-error-re @+2 {{expected cos and sin [B|1 S dims/2]{{.*}} [rope-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.rope %x, %c, %s {dims = 8 : i64} : (tensor<1x2x3x8xf32>, tensor<1x3x3xf32>, tensor<1x3x3xf32>) -> tensor<1x2x3x8xf32>
  return
}
