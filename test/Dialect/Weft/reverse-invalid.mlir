// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.reverse is refused with its label.

func.func @reverse_c1_axis_twice(%x: tensor<4x8xf32>) {
  // expected-error @+2 {{expected different axes in [0, 2), but got 0 [reverse-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.reverse %x {axes = array<i64: 0, 0>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
