// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.gather is refused with its label.

func.func @gather_c1_axis_out_of_range(%x: tensor<4xf32>, %i: tensor<2xi64>) {
  // expected-error @+2 {{expected an axis in [0, 1), but got 1 [gather-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.gather %x, %i {axis = 1 : i64} : (tensor<4xf32>, tensor<2xi64>) -> tensor<2xf32>
  return
}

// -----

func.func @gather_c2_batch_behind_axis(%x: tensor<4x3xf32>, %i: tensor<4x2xi64>) {
  // expected-error @+2 {{expected batch_dims in [0, 0], but got 1 [gather-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.gather %x, %i {axis = 0 : i64, batch_dims = 1 : i64} : (tensor<4x3xf32>, tensor<4x2xi64>) -> tensor<4x2xf32>
  return
}

// -----

func.func @gather_c2_batch_dims_differ(%x: tensor<4x3xf32>, %i: tensor<5x2xi64>) {
  // expected-error @+2 {{expected batch dim 0 of indices to be 4, but got 5 [gather-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.gather %x, %i {axis = 1 : i64, batch_dims = 1 : i64} : (tensor<4x3xf32>, tensor<5x2xi64>) -> tensor<4x2xf32>
  return
}
