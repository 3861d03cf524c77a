// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.erf is refused with its label.

func.func @erf_c1_booleans(%x: tensor<4xi1>) {
  // expected-error @+2 {{expected float elements, but got 'i1' [erf-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.erf %x : (tensor<4xi1>) -> tensor<4xi1>
  return
}
