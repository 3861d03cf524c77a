// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.gather_elements is refused with its label.

func.func @gather_elements_c1_axis_out_of_range(%x: tensor<4xf32>, %i: tensor<2xi64>) {
  // expected-error @+2 {{expected an axis in [0, 1), but got 1 [gather_elements-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.gather_elements %x, %i {axis = 1 : i64} : (tensor<4xf32>, tensor<2xi64>) -> tensor<2xf32>
  return
}

// -----

func.func @gather_elements_c2_rank(%x: tensor<4xf32>, %i: tensor<2x1xi64>) {
  // expected-error @+2 {{expected indices of rank 1, but got rank 2 [gather_elements-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.gather_elements %x, %i {axis = 0 : i64} : (tensor<4xf32>, tensor<2x1xi64>) -> tensor<2x1xf32>
  return
}

// -----

func.func @gather_elements_c2_off_axis_greater(%x: tensor<4x3xf32>, %i: tensor<4x4xi64>) {
  // expected-error @+2 {{expected dim 1 of indices to be at most 3, but got 4 [gather_elements-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.gather_elements %x, %i {axis = 0 : i64} : (tensor<4x3xf32>, tensor<4x4xi64>) -> tensor<4x4xf32>
  return
}
