// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.reduce is refused with its label.

func.func @reduce_c1_axis_out_of_range(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{expected axes in [0, 2), but got 2 [reduce-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.reduce sum %x {axes = array<i64: 2>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return
}

// -----

func.func @reduce_c1_axes_equal(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{expected ascending axes, but got 1 behind 1 [reduce-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.reduce sum %x {axes = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return
}

// -----

func.func @reduce_c2_sum_of_booleans(%x: tensor<2x3xi1>) {
  // expected-error @+1 {{expected max or min of boolean elements, but got sum [reduce-C2]}}
  %y = weft.reduce sum %x {axes = array<i64: 1>} : (tensor<2x3xi1>) -> tensor<2x1xi1>
  return
}
