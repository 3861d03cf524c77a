// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.dft is refused with its label.

func.func @dft_c1_axis(%x: tensor<16x2xf32>) {
  // expected-error-re @+2 {{expected an axis in [0, 1), but got 1{{.*}} [dft-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.dft %x {static_n = 0 : i64, axis = 1 : i64} : (tensor<16x2xf32>) -> tensor<16x2xf32>
  return
}

// -----

func.func @dft_c2_parts(%x: tensor<16x3xf32>) {
  // expected-error-re @+2 {{expected a last dim of 1 or 2, but got 3{{.*}} [dft-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.dft %x {static_n = 0 : i64, axis = 0 : i64} : (tensor<16x3xf32>) -> tensor<16x2xf32>
  return
}

// -----

func.func @dft_c3_onesided(%x: tensor<16x2xf32>) {
  // expected-error-re @+2 {{expected a one-sided transform to go from real to complex or inverse back{{.*}} [dft-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.dft %x {static_n = 0 : i64, axis = 0 : i64, onesided = true} : (tensor<16x2xf32>) -> tensor<9x2xf32>
  return
}

// -----

func.func @dft_c4_type(%x: tensor<16x2xi32>) {
  // expected-error-re @+1 {{expected x of a float type{{.*}} [dft-C4]}}
  %r0 = weft.dft %x {static_n = 0 : i64, axis = 0 : i64} : (tensor<16x2xi32>) -> tensor<16x2xi32>
  return
}
