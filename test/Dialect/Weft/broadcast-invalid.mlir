// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.broadcast is refused with its label.

func.func @broadcast_c1_rank_two_of_one(%x: tensor<1xf32>) {
  // expected-error @+2 {{expected 1 sizes, but got 2 [broadcast-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.broadcast %x to [4, 4] : (tensor<1xf32>) -> tensor<4x4xf32>
  return
}

// -----

func.func @broadcast_c2_dim_three_to_four(%x: tensor<3xf32>) {
  // expected-error @+2 {{expected dim 0 of the operand to be 1 or 4, but got 3 [broadcast-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.broadcast %x to [4] : (tensor<3xf32>) -> tensor<4xf32>
  return
}
