// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.top_k is refused with its label.

func.func @top_k_c1_axis(%x: tensor<4xf32>) {
  // expected-error-re @+2 {{expected an axis in [0, 1), but got 1{{.*}} [top_k-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1 = weft.top_k %x {static_k = 1 : i64, axis = 1 : i64} : (tensor<4xf32>) -> (tensor<1xf32>, tensor<1xi64>)
  return
}

// -----

func.func @top_k_c2_number(%x: tensor<4xf32>) {
  // expected-error-re @+2 {{expected either a static_k of at least 0 or an operand k{{.*}} [top_k-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1 = weft.top_k %x {static_k = -1 : i64, axis = 0 : i64} : (tensor<4xf32>) -> (tensor<1xf32>, tensor<1xi64>)
  return
}

// -----

func.func @top_k_c3_size(%x: tensor<4xf32>) {
  // expected-error-re @+2 {{expected k of at most 4, but got 5{{.*}} [top_k-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1 = weft.top_k %x {static_k = 5 : i64, axis = 0 : i64} : (tensor<4xf32>) -> (tensor<5xf32>, tensor<5xi64>)
  return
}
