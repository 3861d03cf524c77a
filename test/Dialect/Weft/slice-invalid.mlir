// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.slice is refused with its label.

func.func @slice_c1_one_offset(%x: tensor<4x4xf32>) {
  // expected-error @+2 {{expected 2 offsets, but got 1 [slice-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.slice %x [0] [2, 4] {strides = array<i64: 1, 1>} : (tensor<4x4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @slice_c2_stride_zero(%x: tensor<4xf32>) {
  // expected-error @+2 {{expected 1 positive strides, but got 1 with 1 that are not positive [slice-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.slice %x [0] [2] {strides = array<i64: 0>} : (tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @slice_c3_behind_the_end(%x: tensor<4xf32>) {
  // expected-error @+2 {{expected a slice inside of dim 0 (4), but it ends at 5 [slice-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.slice %x [1] [2] {strides = array<i64: 3>} : (tensor<4xf32>) -> tensor<2xf32>
  return
}
