// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.cosh is refused with its label.

func.func @cosh_c1_booleans(%x: tensor<4xi1>) {
  // expected-error @+2 {{expected float elements, but got 'i1' [cosh-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.cosh %x : (tensor<4xi1>) -> tensor<4xi1>
  return
}
