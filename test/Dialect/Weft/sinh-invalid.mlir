// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.sinh is refused with its label.

func.func @sinh_c1_booleans(%x: tensor<4xi1>) {
  // expected-error @+2 {{expected float elements, but got 'i1' [sinh-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.sinh %x : (tensor<4xi1>) -> tensor<4xi1>
  return
}
