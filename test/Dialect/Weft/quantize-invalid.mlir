// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.quantize is refused with its label.

func.func @quantize_c1_axis(%x: tensor<4x2xf32>, %s: tensor<2xf32>) {
  // expected-error-re @+2 {{expected an axis in [0, 2), but got 2{{.*}} [quantize-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.quantize %x, %s {to = i8, axis = 2 : i64} : (tensor<4x2xf32>, tensor<2xf32>) -> tensor<4x2xi8>
  return
}

// -----

func.func @quantize_c2_block(%x: tensor<4x2xf32>, %s: tensor<2x2xf32>) {
  // expected-error-re @+2 {{expected block_size of at least 0, and an axis for blocks{{.*}} [quantize-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.quantize %x, %s {to = i8, block_size = 2 : i64} : (tensor<4x2xf32>, tensor<2x2xf32>) -> tensor<4x2xi8>
  return
}

// -----

func.func @quantize_c3_scale(%x: tensor<4x2xf32>, %s: tensor<3xf32>) {
  // expected-error-re @+2 {{expected scale of one element or one per entry of the axis{{.*}} [quantize-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.quantize %x, %s {to = i8, axis = 1 : i64} : (tensor<4x2xf32>, tensor<3xf32>) -> tensor<4x2xi8>
  return
}

// -----

func.func @quantize_c4_zero_point(%x: tensor<4xf32>, %s: tensor<f32>, %z: tensor<i8>) {
  // expected-error-re @+1 {{expected zp of the result's element type{{.*}} [quantize-C4]}}
  %r0 = weft.quantize %x, %s zp %z {to = ui8} : (tensor<4xf32>, tensor<f32>, tensor<i8>) -> tensor<4xui8>
  return
}
