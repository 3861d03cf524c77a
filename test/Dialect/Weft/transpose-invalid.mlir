// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.transpose is refused with its label.

func.func @transpose_c1_twice_the_same(%x: tensor<4x8xf32>) {
  // expected-error @+2 {{expected perm to be a permutation of 2 dims, but it is none [transpose-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.transpose %x {perm = array<i64: 1, 1>} : (tensor<4x8xf32>) -> tensor<8x8xf32>
  return
}

// -----

func.func @transpose_c1_too_short(%x: tensor<4x8xf32>) {
  // expected-error @+2 {{expected perm to be a permutation of 2 dims, but it is none [transpose-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.transpose %x {perm = array<i64: 0>} : (tensor<4x8xf32>) -> tensor<4xf32>
  return
}
