// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.text_split is refused with its label.

func.func @text_split_c1_delimiter_is_a_list(%x: tensor<3x!weft.string>, %d: tensor<1x!weft.string>, %f: tensor<!weft.string>) {
  // expected-error @+2 {{expected delimiter and fill of rank 0, but got rank 1 [text_split-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %p, %n = weft.text_split %x, %d, %f {limit = -1 : i64} : (tensor<3x!weft.string>, tensor<1x!weft.string>, tensor<!weft.string>) -> (tensor<3x?x!weft.string>, tensor<3xi64>)
  return
}
