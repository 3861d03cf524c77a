// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.abs is refused with its label.

func.func @abs_c1_booleans(%x: tensor<4xi1>) {
  // expected-error @+2 {{expected integer or float or complex elements, but got 'i1' [abs-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.abs %x : (tensor<4xi1>) -> tensor<4xi1>
  return
}
