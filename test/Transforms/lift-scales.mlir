// RUN: weft-opt %s --weft-lift-scales --split-input-file | FileCheck %s
//
// Contractions of dequantised operands compute with whole numbers, and their result is scaled.

// One scale per output channel: the products of the scales lie along the channels of the result.
// CHECK-LABEL: func.func @conv_nchw_ui8_per_channel(
// CHECK-DAG: %[[MUL:.*]] = weft.mul {{.*}} : (tensor<1x2x1x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x2x1x1xf32>
// CHECK-DAG: %[[ONE:.*]] = weft.constant dense<1.000000e+00> : tensor<f32>
// CHECK-DAG: %[[ONES:.*]] = weft.constant dense<1.000000e+00> : tensor<2xf32>
// CHECK-DAG: %[[X:.*]] = weft.dequantize %{{.*}}, %[[ONE]] zp
// CHECK-DAG: %[[W:.*]] = weft.dequantize %{{.*}}, %[[ONES]] {axis = 0
// CHECK: %[[ACC:.*]] = weft.conv %[[X]], %[[W]]
// CHECK: weft.mul %[[ACC]], %[[MUL]]
func.func @conv_nchw_ui8_per_channel(%x: tensor<1x3x4x4xui8>) -> tensor<1x2x4x4xf32> {
  %s = weft.constant dense<0.5> : tensor<f32>
  %z = weft.constant dense<7> : tensor<ui8>
  %q = weft.constant dense<3> : tensor<2x3x1x1xi8>
  %t = weft.constant dense<[0.25, 2.0]> : tensor<2xf32>
  %a = weft.dequantize %x, %s zp %z {to = f32} : (tensor<1x3x4x4xui8>, tensor<f32>, tensor<ui8>) -> tensor<1x3x4x4xf32>
  %w = weft.dequantize %q, %t {to = f32, axis = 0 : i64} : (tensor<2x3x1x1xi8>, tensor<2xf32>) -> tensor<2x3x1x1xf32>
  %c = weft.conv %a, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x4x4xf32>, tensor<2x3x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %c : tensor<1x2x4x4xf32>
}

// -----

// A matmul with one scale on each side.
// CHECK-LABEL: func.func @matmul_i8_per_tensor(
// CHECK: %[[ACC:.*]] = weft.matmul
// CHECK: weft.mul %[[ACC]], %{{.*}} : (tensor<4x8xf32>, tensor<1x1xf32>) -> tensor<4x8xf32>
func.func @matmul_i8_per_tensor(%x: tensor<4x3xi8>, %y: tensor<3x8xi8>) -> tensor<4x8xf32> {
  %s = weft.constant dense<0.5> : tensor<f32>
  %a = weft.dequantize %x, %s {to = f32} : (tensor<4x3xi8>, tensor<f32>) -> tensor<4x3xf32>
  %b = weft.dequantize %y, %s {to = f32} : (tensor<3x8xi8>, tensor<f32>) -> tensor<3x8xf32>
  %c = weft.matmul %a, %b : (tensor<4x3xf32>, tensor<3x8xf32>) -> tensor<4x8xf32>
  return %c : tensor<4x8xf32>
}

// -----

// Scales along the summed dim cannot leave the sum.
// CHECK-LABEL: func.func @no_lift_when_scale_is_along_summed_dim(
// CHECK-NOT: weft.mul
func.func @no_lift_when_scale_is_along_summed_dim(%x: tensor<4x3xi8>, %y: tensor<3x8xi8>) -> tensor<4x8xf32> {
  %s = weft.constant dense<0.5> : tensor<f32>
  %t = weft.constant dense<[0.25, 2.0, 4.0]> : tensor<3xf32>
  %a = weft.dequantize %x, %s {to = f32} : (tensor<4x3xi8>, tensor<f32>) -> tensor<4x3xf32>
  %b = weft.dequantize %y, %t {to = f32, axis = 0 : i64} : (tensor<3x8xi8>, tensor<3xf32>) -> tensor<3x8xf32>
  %c = weft.matmul %a, %b : (tensor<4x3xf32>, tensor<3x8xf32>) -> tensor<4x8xf32>
  return %c : tensor<4x8xf32>
}

// -----

// Only one operand is quantised: nothing is gained.
// CHECK-LABEL: func.func @no_lift_when_one_side_is_float(
// CHECK-NOT: weft.mul
func.func @no_lift_when_one_side_is_float(%x: tensor<4x3xf32>, %y: tensor<3x8xi8>) -> tensor<4x8xf32> {
  %s = weft.constant dense<0.5> : tensor<f32>
  %b = weft.dequantize %y, %s {to = f32} : (tensor<3x8xi8>, tensor<f32>) -> tensor<3x8xf32>
  %c = weft.matmul %x, %b : (tensor<4x3xf32>, tensor<3x8xf32>) -> tensor<4x8xf32>
  return %c : tensor<4x8xf32>
}

// -----

// Scales of 1 are what the rewrite leaves.
// CHECK-LABEL: func.func @no_lift_when_scales_are_one(
// CHECK-NOT: weft.mul
func.func @no_lift_when_scales_are_one(%x: tensor<4x3xi8>, %y: tensor<3x8xi8>) -> tensor<4x8xf32> {
  %s = weft.constant dense<1.0> : tensor<f32>
  %a = weft.dequantize %x, %s {to = f32} : (tensor<4x3xi8>, tensor<f32>) -> tensor<4x3xf32>
  %b = weft.dequantize %y, %s {to = f32} : (tensor<3x8xi8>, tensor<f32>) -> tensor<3x8xf32>
  %c = weft.matmul %a, %b : (tensor<4x3xf32>, tensor<3x8xf32>) -> tensor<4x8xf32>
  return %c : tensor<4x8xf32>
}

// -----

// Integer operands with zero points are quantised already.
// CHECK-LABEL: func.func @no_lift_when_contraction_has_zero_points(
// CHECK-NOT: weft.mul
func.func @no_lift_when_contraction_has_zero_points(%x: tensor<4x3xi8>, %y: tensor<3x8xi8>) -> tensor<4x8xi32> {
  %z = weft.constant dense<1> : tensor<i8>
  %c = weft.matmul %x, %y lhs_zp %z : (tensor<4x3xi8>, tensor<3x8xi8>, tensor<i8>) -> tensor<4x8xi32>
  return %c : tensor<4x8xi32>
}
