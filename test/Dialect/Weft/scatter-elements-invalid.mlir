// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.scatter_elements is refused with its label.

func.func @scatter_elements_c1_axis_out_of_range(%x: tensor<4xf32>, %i: tensor<2xi64>, %u: tensor<2xf32>) {
  // expected-error @+2 {{expected an axis in [0, 1), but got 1 [scatter_elements-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.scatter_elements %x, %i, %u {axis = 1 : i64} : (tensor<4xf32>, tensor<2xi64>, tensor<2xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_elements_c2_rank(%x: tensor<4xf32>, %i: tensor<2x1xi64>, %u: tensor<2x1xf32>) {
  // expected-error @+2 {{expected indices of rank 1, but got rank 2 [scatter_elements-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.scatter_elements %x, %i, %u {axis = 0 : i64} : (tensor<4xf32>, tensor<2x1xi64>, tensor<2x1xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_elements_c3_updates_longer(%x: tensor<4xf32>, %i: tensor<2xi64>, %u: tensor<3xf32>) {
  // expected-error @+2 {{expected dim 0 of updates to be 2, but got 3 [scatter_elements-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.scatter_elements %x, %i, %u {axis = 0 : i64} : (tensor<4xf32>, tensor<2xi64>, tensor<3xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_elements_c4_updates_f64(%x: tensor<4xf32>, %i: tensor<2xi64>, %u: tensor<2xf64>) {
  // expected-error @+1 {{expected updates of 'f32' elements, but got 'f64' [scatter_elements-C4]}}
  %y = weft.scatter_elements %x, %i, %u {axis = 0 : i64} : (tensor<4xf32>, tensor<2xi64>, tensor<2xf64>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_elements_c4_add_booleans(%x: tensor<4xi1>, %i: tensor<2xi64>, %u: tensor<2xi1>) {
  // expected-error @+1 {{expected mode set for 'i1' elements, but got add [scatter_elements-C4]}}
  %y = weft.scatter_elements %x, %i, %u {axis = 0 : i64, mode = #weft.scatter_mode<add>} : (tensor<4xi1>, tensor<2xi64>, tensor<2xi1>) -> tensor<4xi1>
  return
}
