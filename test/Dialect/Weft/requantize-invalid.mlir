// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.requantize is refused with its label.

func.func @requantize_c1_axis(%x: tensor<4x2xi32>, %s: tensor<2xf32>) {
  // expected-error-re @+2 {{expected an axis in [0, 2), but got 2{{.*}} [requantize-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.requantize %x, %s {to = i8, axis = 2 : i64} : (tensor<4x2xi32>, tensor<2xf32>) -> tensor<4x2xi8>
  return
}

// -----

func.func @requantize_c3_scale(%x: tensor<4x2xi32>, %s: tensor<3xf32>) {
  // expected-error-re @+2 {{expected scale of one element or one per entry of the axis{{.*}} [requantize-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.requantize %x, %s {to = i8, axis = 1 : i64} : (tensor<4x2xi32>, tensor<3xf32>) -> tensor<4x2xi8>
  return
}

// -----

func.func @requantize_c4_type(%x: tensor<4xi8>, %s: tensor<f32>) {
  // expected-error-re @+1 {{expected x of i32 accumulators{{.*}} [requantize-C4]}}
  %r0 = weft.requantize %x, %s {to = i8} : (tensor<4xi8>, tensor<f32>) -> tensor<4xi8>
  return
}

// -----

func.func @requantize_c5_zero_point(%x: tensor<4xi32>, %s: tensor<f32>, %z: tensor<ui8>) {
  // expected-error-re @+1 {{expected zp of the result's element type{{.*}} [requantize-C5]}}
  %r0 = weft.requantize %x, %s zp %z {to = i8} : (tensor<4xi32>, tensor<f32>, tensor<ui8>) -> tensor<4xi8>
  return
}
