// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.is_inf is refused with its label.

func.func @is_inf_c1_booleans(%x: tensor<4xi1>) {
  // expected-error @+2 {{expected float elements, but got 'i1' [is_inf-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.is_inf %x : (tensor<4xi1>) -> tensor<4xi1>
  return
}
