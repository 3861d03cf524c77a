// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.det is refused with its label.

func.func @det_c1_square(%x: tensor<2x3xf32>) {
  // expected-error-re @+2 {{expected square matrices in the last two dims{{.*}} [det-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.det %x : (tensor<2x3xf32>) -> tensor<f32>
  return
}

// -----

func.func @det_c2_type(%x: tensor<2x2xi32>) {
  // expected-error-re @+2 {{expected a float type{{.*}} [det-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.det %x : (tensor<2x2xi32>) -> tensor<i32>
  return
}
