// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.sign is refused with its label.

func.func @sign_c1_booleans(%x: tensor<4xi1>) {
  // expected-error @+2 {{expected integer or float elements, but got 'i1' [sign-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.sign %x : (tensor<4xi1>) -> tensor<4xi1>
  return
}
