// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.seq_get is refused with its label.

func.func @seq_get_c1_sequence_of_optionals(%s: !weft.seq<!weft.opt<tensor<4xf32>>>, %i: index) {
  // expected-error @+2 {{expected a sequence of tensors, but got '!weft.seq<!weft.opt<tensor<4xf32>>>' [seq_get-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %x = weft.seq_get %s, %i : (!weft.seq<!weft.opt<tensor<4xf32>>>, index) -> tensor<4xf32>
  return
}
