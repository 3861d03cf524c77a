// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.gather_nd is refused with its label.

func.func @gather_nd_c1_batch_dims_differ(%x: tensor<4x3xf32>, %i: tensor<5x1xi64>) {
  // expected-error @+2 {{expected batch dim 0 of indices to be 4, but got 5 [gather_nd-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.gather_nd %x, %i {batch_dims = 1 : i64} : (tensor<4x3xf32>, tensor<5x1xi64>) -> tensor<4xf32>
  return
}

// -----

func.func @gather_nd_c2_three_coordinates(%x: tensor<4x3xf32>, %i: tensor<5x3xi64>) {
  // expected-error @+2 {{expected at most 2 coordinates in the last dim of indices, but got 3 [gather_nd-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.gather_nd %x, %i : (tensor<4x3xf32>, tensor<5x3xi64>) -> tensor<5xf32>
  return
}

// -----

func.func @gather_nd_c2_dynamic_coordinates(%x: tensor<4x3xf32>, %i: tensor<5x?xi64>) {
  // expected-error @+2 {{expected indices with a static last dim, but got 'tensor<5x?xi64>' [gather_nd-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.gather_nd %x, %i : (tensor<4x3xf32>, tensor<5x?xi64>) -> tensor<5xf32>
  return
}
