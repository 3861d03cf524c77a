// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.sigmoid is refused with its label.

func.func @sigmoid_c1_booleans(%x: tensor<4xi1>) {
  // expected-error @+2 {{expected float elements, but got 'i1' [sigmoid-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.sigmoid %x : (tensor<4xi1>) -> tensor<4xi1>
  return
}
