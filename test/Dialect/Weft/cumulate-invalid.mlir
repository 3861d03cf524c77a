// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.cumulate is refused with its label.

func.func @cumulate_c1_axis_out_of_range(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{expected axes in [0, 2), but got 2 [cumulate-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.cumulate sum %x {axis = 2 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @cumulate_c2_booleans(%x: tensor<2x3xi1>) {
  // expected-error @+1 {{expected numbers, but got boolean elements [cumulate-C2]}}
  %y = weft.cumulate sum %x {axis = 1 : i64} : (tensor<2x3xi1>) -> tensor<2x3xi1>
  return
}
