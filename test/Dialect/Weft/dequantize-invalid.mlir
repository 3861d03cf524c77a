// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.dequantize is refused with its label.

func.func @dequantize_c1_axis(%x: tensor<4x2xi8>, %s: tensor<2xf32>) {
  // expected-error-re @+2 {{expected an axis in [0, 2), but got 2{{.*}} [dequantize-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.dequantize %x, %s {to = f32, axis = 2 : i64} : (tensor<4x2xi8>, tensor<2xf32>) -> tensor<4x2xf32>
  return
}

// -----

func.func @dequantize_c2_block(%x: tensor<4x2xi8>, %s: tensor<2x2xf32>) {
  // expected-error-re @+2 {{expected block_size of at least 0, and an axis for blocks{{.*}} [dequantize-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.dequantize %x, %s {to = f32, block_size = 2 : i64} : (tensor<4x2xi8>, tensor<2x2xf32>) -> tensor<4x2xf32>
  return
}

// -----

func.func @dequantize_c3_scale(%x: tensor<4x2xi8>, %s: tensor<3x2xf32>) {
  // expected-error-re @+2 {{expected scale dim 0 to be 2, but got 3{{.*}} [dequantize-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.dequantize %x, %s {to = f32, axis = 0 : i64, block_size = 2 : i64} : (tensor<4x2xi8>, tensor<3x2xf32>) -> tensor<4x2xf32>
  return
}

// -----

func.func @dequantize_c4_type(%x: tensor<4xi8>, %s: tensor<f32>) {
  // expected-error-re @+1 {{expected a float result type{{.*}} [dequantize-C4]}}
  %r0 = weft.dequantize %x, %s {to = i32} : (tensor<4xi8>, tensor<f32>) -> tensor<4xi32>
  return
}

// -----

func.func @dequantize_c5_table(%x: tensor<4xui8>, %s: tensor<f32>, %t: tensor<4x4xf32>) {
  // expected-error-re @+1 {{expected a table of rank 1{{.*}} [dequantize-C5]}}
  %r0 = weft.dequantize %x, %s table %t {to = f32} : (tensor<4xui8>, tensor<f32>, tensor<4x4xf32>) -> tensor<4xf32>
  return
}
