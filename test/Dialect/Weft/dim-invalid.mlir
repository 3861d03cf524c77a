// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.dim is refused with its label.

func.func @dim_c1_axis_out_of_range(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected an axis in [0, 1), but got 1 [dim-C1]}}
  %n = weft.dim %x {axis = 1 : i64} : tensor<4xf32>
  return
}
