// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.not is refused with its label.

func.func @not_c1_floats(%x: tensor<4xf32>) {
  // expected-error @+2 {{expected boolean or integer elements, but got 'f32' [not-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.not %x : (tensor<4xf32>) -> tensor<4xf32>
  return
}
