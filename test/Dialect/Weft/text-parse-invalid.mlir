// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.text_parse is refused with its label.

func.func @text_parse_c1_narrow_type(%x: tensor<3x!weft.string>) {
  // expected-error @+2 {{expected f64 or i64, but got 'f32' [text_parse-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r = weft.text_parse %x {to = f32} : (tensor<3x!weft.string>) -> tensor<3xf32>
  return
}
