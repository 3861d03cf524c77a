// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.text_match is refused with its label.

func.func @text_match_c1_nothing_to_repeat(%x: tensor<3x!weft.string>) {
  // expected-error @+1 {{expected a pattern, but got 'a|*': missing argument to repetition operator: * [text_match-C1]}}
  %r = weft.text_match %x {pattern = "a|*"} : (tensor<3x!weft.string>) -> tensor<3xi1>
  return
}
