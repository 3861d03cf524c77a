// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.inverse is refused with its label.

func.func @inverse_c1_square(%x: tensor<2x3xf32>) {
  // expected-error-re @+2 {{expected square matrices in the last two dims{{.*}} [inverse-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.inverse %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @inverse_c2_type(%x: tensor<2x2xi32>) {
  // expected-error-re @+2 {{expected a float type{{.*}} [inverse-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.inverse %x : (tensor<2x2xi32>) -> tensor<2x2xi32>
  return
}
