// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.text_format is refused with its label.

func.func @text_format_c1_narrow_integer(%x: tensor<3xi8>) {
  // expected-error @+2 {{expected f16, bf16, f32, f64, i64 or ui64, but got 'i8' [text_format-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r = weft.text_format %x {to = !weft.string} : (tensor<3xi8>) -> tensor<3x!weft.string>
  return
}
