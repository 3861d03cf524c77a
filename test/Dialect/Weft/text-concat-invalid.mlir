// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.text_concat is refused with its label.

func.func @text_concat_c1_shapes_differ(%x: tensor<3x!weft.string>, %y: tensor<4x!weft.string>) {
  // expected-error @+2 {{expected operands of one type, but got 'tensor<3x!weft.string>' and 'tensor<4x!weft.string>' [text_concat-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r = weft.text_concat %x, %y : (tensor<3x!weft.string>, tensor<4x!weft.string>) -> tensor<3x!weft.string>
  return
}
