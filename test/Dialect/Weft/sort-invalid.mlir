// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.sort is refused with its label.

func.func @sort_c1_axis(%x: tensor<4xf32>) {
  // expected-error-re @+2 {{expected an axis in [0, 1), but got 1{{.*}} [sort-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1 = weft.sort %x {axis = 1 : i64} : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi64>)
  return
}
