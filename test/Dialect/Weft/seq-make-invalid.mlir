// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.seq_make is refused with its label.

func.func @seq_make_c1_other_element(%x: tensor<4xf64>) {
  // expected-error @+1 {{expected operand 0 of type 'tensor<?xf32>', but got 'tensor<4xf64>' [seq_make-C1]}}
  %s = weft.seq_make %x : (tensor<4xf64>) -> !weft.seq<tensor<?xf32>>
  return
}
