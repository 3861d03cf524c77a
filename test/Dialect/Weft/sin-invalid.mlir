// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.sin is refused with its label.

func.func @sin_c1_booleans(%x: tensor<4xi1>) {
  // expected-error @+2 {{expected float elements, but got 'i1' [sin-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.sin %x : (tensor<4xi1>) -> tensor<4xi1>
  return
}
