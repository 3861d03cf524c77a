// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.cast is refused with its label.

func.func @cast_c1_complex_to_float(%x: tensor<4xcomplex<f32>>) {
  // expected-error @+2 {{expected a conversion between numbers, booleans and strings, but got 'complex<f32>' to 'f32' [cast-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.cast %x {to = f32} : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
  return
}
