// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.neg is refused with its label.

func.func @neg_c1_booleans(%x: tensor<4xi1>) {
  // expected-error @+2 {{expected integer or float or complex elements, but got 'i1' [neg-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.neg %x : (tensor<4xi1>) -> tensor<4xi1>
  return
}
