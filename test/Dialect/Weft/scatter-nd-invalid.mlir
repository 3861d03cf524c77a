// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.scatter_nd is refused with its label.

func.func @scatter_nd_c1_two_coordinates(%x: tensor<4xf32>, %i: tensor<2x2xi64>, %u: tensor<2xf32>) {
  // expected-error @+2 {{expected at most 1 coordinates in the last dim of indices, but got 2 [scatter_nd-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.scatter_nd %x, %i, %u : (tensor<4xf32>, tensor<2x2xi64>, tensor<2xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_nd_c2_updates_of_rank_two(%x: tensor<4xf32>, %i: tensor<2x1xi64>, %u: tensor<2x1xf32>) {
  // expected-error @+2 {{expected updates of rank 1, but got rank 2 [scatter_nd-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.scatter_nd %x, %i, %u : (tensor<4xf32>, tensor<2x1xi64>, tensor<2x1xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_nd_c3_updates_longer(%x: tensor<4xf32>, %i: tensor<2x1xi64>, %u: tensor<3xf32>) {
  // expected-error @+2 {{expected dim 0 of updates to be 2, but got 3 [scatter_nd-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.scatter_nd %x, %i, %u : (tensor<4xf32>, tensor<2x1xi64>, tensor<3xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_nd_c4_updates_f64(%x: tensor<4xf32>, %i: tensor<2x1xi64>, %u: tensor<2xf64>) {
  // expected-error @+1 {{expected updates of 'f32' elements, but got 'f64' [scatter_nd-C4]}}
  %y = weft.scatter_nd %x, %i, %u : (tensor<4xf32>, tensor<2x1xi64>, tensor<2xf64>) -> tensor<4xf32>
  return
}
