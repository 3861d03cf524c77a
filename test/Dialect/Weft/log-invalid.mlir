// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.log is refused with its label.

func.func @log_c1_booleans(%x: tensor<4xi1>) {
  // expected-error @+2 {{expected float elements, but got 'i1' [log-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.log %x : (tensor<4xi1>) -> tensor<4xi1>
  return
}
