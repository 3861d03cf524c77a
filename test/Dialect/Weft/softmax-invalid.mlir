// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.softmax is refused with its label.

func.func @softmax_c1_axis_out_of_range(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{expected axes in [0, 2), but got 2 [softmax-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.softmax %x {axis = 2 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @softmax_c2_integers(%x: tensor<2x3xi32>) {
  // expected-error @+2 {{expected float elements, but got 'i32' [softmax-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.softmax %x {axis = 1 : i64} : (tensor<2x3xi32>) -> tensor<2x3xi32>
  return
}
