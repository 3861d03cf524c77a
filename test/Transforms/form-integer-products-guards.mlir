// RUN: weft-opt %s --weft-form-integer-products --split-input-file | FileCheck %s
//
// Contractions that no kernel for bytes computes stay as they are.

// CHECK-LABEL: func.func @no_form_when_contraction_has_zero_points(
// CHECK: weft.matmul {{.*}} lhs_zp
// CHECK-NEXT: return
func.func @no_form_when_contraction_has_zero_points(%x: tensor<3x4xi8>, %z: tensor<3x1xi8>) -> tensor<3x2xi32> {
  %w = weft.constant dense<[[1, 2], [3, 4], [5, 6], [7, 8]]> : tensor<4x2xi8>
  %r = weft.matmul %x, %w lhs_zp %z : (tensor<3x4xi8>, tensor<4x2xi8>, tensor<3x1xi8>) -> tensor<3x2xi32>
  return %r : tensor<3x2xi32>
}

// -----

// CHECK-LABEL: func.func @no_form_when_operands_are_floats(
// CHECK: weft.matmul {{.*}} -> tensor<3x2xf32>
// CHECK-NEXT: return
func.func @no_form_when_operands_are_floats(%x: tensor<3x4xf32>, %w: tensor<4x2xf32>) -> tensor<3x2xf32> {
  %r = weft.matmul %x, %w : (tensor<3x4xf32>, tensor<4x2xf32>) -> tensor<3x2xf32>
  return %r : tensor<3x2xf32>
}

// -----

// Words of 16 bits have no kernel.
// CHECK-LABEL: func.func @no_form_when_operand_is_of_words(
// CHECK: weft.matmul {{.*}} -> tensor<4x8xf32>
func.func @no_form_when_operand_is_of_words(%x: tensor<4x4xi16>) -> tensor<4x8xf32> {
  %s = weft.constant dense<0.5> : tensor<f32>
  %y = weft.constant dense<3> : tensor<4x8xi8>
  %a = weft.dequantize %x, %s {to = f32} : (tensor<4x4xi16>, tensor<f32>) -> tensor<4x4xf32>
  %b = weft.dequantize %y, %s {to = f32} : (tensor<4x8xi8>, tensor<f32>) -> tensor<4x8xf32>
  %c = weft.matmul %a, %b : (tensor<4x4xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  return %c : tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func.func @no_form_when_left_scale_is_per_row(
// CHECK: weft.matmul {{.*}} -> tensor<4x8xf32>
func.func @no_form_when_left_scale_is_per_row(%x: tensor<4x4xi8>) -> tensor<4x8xf32> {
  %s = weft.constant dense<[0.5, 1.0, 2.0, 4.0]> : tensor<4xf32>
  %t = weft.constant dense<0.5> : tensor<f32>
  %y = weft.constant dense<3> : tensor<4x8xi8>
  %a = weft.dequantize %x, %s {to = f32, axis = 0 : i64} : (tensor<4x4xi8>, tensor<4xf32>) -> tensor<4x4xf32>
  %b = weft.dequantize %y, %t {to = f32} : (tensor<4x8xi8>, tensor<f32>) -> tensor<4x8xf32>
  %c = weft.matmul %a, %b : (tensor<4x4xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  return %c : tensor<4x8xf32>
}

// -----

// How many steps are summed must be known.
// CHECK-LABEL: func.func @no_form_when_depth_is_dynamic(
// CHECK: weft.matmul {{.*}}xf32>
func.func @no_form_when_depth_is_dynamic(%x: tensor<4x?xi8, #weft.dims<4, k>>) -> tensor<4x8xf32> {
  %s = weft.constant dense<0.5> : tensor<f32>
  %y = weft.constant dense<3> : tensor<4x8xi8>
  %a = weft.dequantize %x, %s {to = f32} : (tensor<4x?xi8, #weft.dims<4, k>>, tensor<f32>) -> tensor<4x?xf32, #weft.dims<4, k>>
  %b = weft.dequantize %y, %s {to = f32} : (tensor<4x8xi8>, tensor<f32>) -> tensor<4x8xf32>
  %c = weft.matmul %a, %b : (tensor<4x?xf32, #weft.dims<4, k>>, tensor<4x8xf32>) -> tensor<4x8xf32>
  return %c : tensor<4x8xf32>
}

// -----

// 255 - 10 is no signed byte, and a column of ones for two groups would need sums of each.
// CHECK-LABEL: func.func @no_form_when_group_weights_are_no_signed_bytes(
// CHECK: weft.conv {{.*}} -> tensor<1x2x4x4xf32>
func.func @no_form_when_group_weights_are_no_signed_bytes(%x: tensor<1x8x4x4xui8>) -> tensor<1x2x4x4xf32> {
  %s = weft.constant dense<0.5> : tensor<f32>
  %q = weft.constant dense<255> : tensor<2x4x1x1xui8>
  %v = weft.constant dense<10> : tensor<ui8>
  %a = weft.dequantize %x, %s {to = f32} : (tensor<1x8x4x4xui8>, tensor<f32>) -> tensor<1x8x4x4xf32>
  %w = weft.dequantize %q, %s zp %v {to = f32} : (tensor<2x4x1x1xui8>, tensor<f32>, tensor<ui8>) -> tensor<2x4x1x1xf32>
  %c = weft.conv %a, %w {groups = 2 : i64, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x8x4x4xf32>, tensor<2x4x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %c : tensor<1x2x4x4xf32>
}

// -----

// The same of a convolution that the model states with bytes.
// CHECK-LABEL: func.func @no_center_when_group_weights_are_no_signed_bytes(
// CHECK: weft.conv {{.*}} filter_zp
// CHECK-NEXT: return
func.func @no_center_when_group_weights_are_no_signed_bytes(%x: tensor<1x8x4x4xui8>) -> tensor<1x2x4x4xi32> {
  %q = weft.constant dense<255> : tensor<2x4x1x1xui8>
  %v = weft.constant dense<10> : tensor<ui8>
  %c = weft.conv %x, %q filter_zp %v {groups = 2 : i64, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x8x4x4xui8>, tensor<2x4x1x1xui8>, tensor<ui8>) -> tensor<1x2x4x4xi32>
  return %c : tensor<1x2x4x4xi32>
}

// -----

// CHECK-LABEL: func.func @no_center_when_right_side_is_no_constant(
// CHECK: weft.matmul %arg0, %arg1 :
// CHECK-NEXT: return
func.func @no_center_when_right_side_is_no_constant(%x: tensor<3x4xui8>, %w: tensor<4x2xui8>) -> tensor<3x2xi32> {
  %r = weft.matmul %x, %w : (tensor<3x4xui8>, tensor<4x2xui8>) -> tensor<3x2xi32>
  return %r : tensor<3x2xi32>
}

// -----

// CHECK-LABEL: func.func @no_center_when_zero_points_are_no_constants(
// CHECK: weft.matmul {{.*}} rhs_zp
// CHECK-NEXT: return
func.func @no_center_when_zero_points_are_no_constants(%x: tensor<3x4xui8>, %v: tensor<i8>) -> tensor<3x2xi32> {
  %w = weft.constant dense<3> : tensor<4x2xi8>
  %r = weft.matmul %x, %w rhs_zp %v : (tensor<3x4xui8>, tensor<4x2xi8>, tensor<i8>) -> tensor<3x2xi32>
  return %r : tensor<3x2xi32>
}

// -----

// CHECK-LABEL: func.func @no_normalize_when_right_side_is_no_constant(
// CHECK: weft.matmul {{.*}} lhs_zp
// CHECK-NEXT: return
func.func @no_normalize_when_right_side_is_no_constant(%x: tensor<3x4xui8>, %w: tensor<4x2xi8>, %z: tensor<ui8>) -> tensor<3x2xi32> {
  %r = weft.matmul %x, %w lhs_zp %z : (tensor<3x4xui8>, tensor<4x2xi8>, tensor<ui8>) -> tensor<3x2xi32>
  return %r : tensor<3x2xi32>
}

// -----

// CHECK-LABEL: func.func @no_lift_when_right_side_is_empty(
// CHECK: weft.matmul {{.*}} lhs_zp
// CHECK-NEXT: return
func.func @no_lift_when_right_side_is_empty(%x: tensor<3x4xui8>, %z: tensor<ui8>) -> tensor<3x0xi32> {
  %w = weft.constant dense<> : tensor<4x0xi8>
  %r = weft.matmul %x, %w lhs_zp %z : (tensor<3x4xui8>, tensor<4x0xi8>, tensor<ui8>) -> tensor<3x0xi32>
  return %r : tensor<3x0xi32>
}

// -----

// CHECK-LABEL: func.func @no_normalize_when_form_is_there(
// CHECK: weft.matmul {{.*}} lhs_zp
// CHECK-NEXT: return
func.func @no_normalize_when_form_is_there(%x: tensor<3x4xui8>) -> tensor<3x2xi32> {
  %z = weft.constant dense<7> : tensor<ui8>
  %w = weft.constant dense<3> : tensor<4x2xi8>
  %r = weft.matmul %x, %w lhs_zp %z : (tensor<3x4xui8>, tensor<4x2xi8>, tensor<ui8>) -> tensor<3x2xi32>
  return %r : tensor<3x2xi32>
}
