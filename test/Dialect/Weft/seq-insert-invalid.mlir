// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.seq_insert is refused with its label.

func.func @seq_insert_c1_other_element(%s: !weft.seq<tensor<?xf32>>, %x: tensor<4xi64>) {
  // expected-error @+2 {{expected a value like 'tensor<?xf32>', but got 'tensor<4xi64>' [seq_insert-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %t = weft.seq_insert %s, %x : (!weft.seq<tensor<?xf32>>, tensor<4xi64>) -> !weft.seq<tensor<?xf32>>
  return
}
