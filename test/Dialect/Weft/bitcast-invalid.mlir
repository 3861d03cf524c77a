// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.bitcast is refused with its label.

func.func @bitcast_c1_width(%x: tensor<4xf32>) {
  // expected-error @+2 {{expected element types of equal width, but got 'f32' and 'i64' [bitcast-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.bitcast %x {to = i64} : (tensor<4xf32>) -> tensor<4xi64>
  return
}
