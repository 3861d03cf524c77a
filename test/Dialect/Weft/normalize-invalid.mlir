// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.normalize is refused with its label.

func.func @normalize_c1_axis_out_of_range(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{expected axes in [0, 2), but got 5 [normalize-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y, %m, %s = weft.normalize %x {axes = array<i64: 5>, epsilon = 1.0e-05 : f64} : (tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x1xf32>, tensor<2x1xf32>)
  return
}

// -----

func.func @normalize_c2_integers(%x: tensor<2x3xi32>) {
  // expected-error @+2 {{expected float elements, but got 'i32' [normalize-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y, %m, %s = weft.normalize %x {axes = array<i64: 1>, epsilon = 1.0e-05 : f64} : (tensor<2x3xi32>) -> (tensor<2x3xi32>, tensor<2x1xi32>, tensor<2x1xi32>)
  return
}

// -----

func.func @normalize_c3_epsilon_negative(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expected an epsilon of at least 0, but got -1.000000e+00 [normalize-C3]}}
  %y, %m, %s = weft.normalize %x {axes = array<i64: 1>, epsilon = -1.0 : f64} : (tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x1xf32>, tensor<2x1xf32>)
  return
}
