// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.seq_concat is refused with its label.

func.func @seq_concat_c1_sequence_of_optionals(%s: !weft.seq<!weft.opt<tensor<4xf32>>>) {
  // expected-error @+2 {{expected a sequence of tensors, but got '!weft.seq<!weft.opt<tensor<4xf32>>>' [seq_concat-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %x = weft.seq_concat %s {axis = 0 : i64} : (!weft.seq<!weft.opt<tensor<4xf32>>>) -> tensor<4xf32>
  return
}

// -----

func.func @seq_concat_c2_axis_out_of_range(%s: !weft.seq<tensor<?xf32>>) {
  // expected-error @+2 {{expected an axis in [0, 1), but got 1 [seq_concat-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %x = weft.seq_concat %s {axis = 1 : i64} : (!weft.seq<tensor<?xf32>>) -> tensor<?xf32>
  return
}
