// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.seq_split is refused with its label.

func.func @seq_split_c1_axis_out_of_range(%x: tensor<4xf32>) {
  // expected-error @+2 {{expected an axis in [0, 1), but got 1 [seq_split-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %s = weft.seq_split %x {axis = 1 : i64} : (tensor<4xf32>) -> !weft.seq<tensor<?xf32>>
  return
}

// -----

func.func @seq_split_c2_split_of_rank_two(%x: tensor<4xf32>, %n: tensor<2x2xi64>) {
  // expected-error @+2 {{expected split of rank 0 or 1, but got rank 2 [seq_split-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %s = weft.seq_split %x split %n {axis = 0 : i64} : (tensor<4xf32>, tensor<2x2xi64>) -> !weft.seq<tensor<?xf32>>
  return
}
