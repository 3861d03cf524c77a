// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.text_find is refused with its label.

func.func @text_find_c1_fill_is_a_list(%x: tensor<3x!weft.string>, %f: tensor<1x!weft.string>) {
  // expected-error @+2 {{expected fill of rank 0, but got rank 1 [text_find-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %p, %n = weft.text_find %x, %f {least = 1 : i64, pattern = "a"} : (tensor<3x!weft.string>, tensor<1x!weft.string>) -> (tensor<3x?x!weft.string>, tensor<3xi64>)
  return
}

// -----

func.func @text_find_c2_group_is_open(%x: tensor<3x!weft.string>, %f: tensor<!weft.string>) {
  // expected-error @+1 {{expected a pattern, but got '(a': missing ) [text_find-C2]}}
  %p, %n = weft.text_find %x, %f {least = 1 : i64, pattern = "(a"} : (tensor<3x!weft.string>, tensor<!weft.string>) -> (tensor<3x?x!weft.string>, tensor<3xi64>)
  return
}
