// RUN: weft-opt %s --weft-form-integer-products --split-input-file | FileCheck %s
//
// Contractions of dequantised bytes contract the bytes, in the form that kernels exist for.

// Weights are centred, the bias counts in the units of the product, channels are padded to whole groups of 4.
// CHECK-LABEL: func.func @conv_nchw_ui8_bias(
// CHECK-SAME: %[[X:.*]]: tensor<1x3x4x4xui8>
// CHECK-DAG: %[[Z:.*]] = weft.constant dense<7> : tensor<ui8>
// CHECK-DAG: %[[W:.*]] = weft.constant dense<{{.*}}-3{{.*}}-125{{.*}}> : tensor<2x3x1x1xi8>
// CHECK-DAG: %[[PX:.*]] = weft.pad %[[X]] value %[[Z]] lo [0, 0, 0, 0] hi [0, 1, 0, 0]
// CHECK-DAG: %[[PW:.*]] = weft.pad %[[W]] value %{{.*}} lo [0, 0, 0, 0] hi [0, 1, 0, 0]
// CHECK: %[[ACC:.*]] = weft.conv %[[PX]], %[[PW]] input_zp %[[Z]] {{.*}} -> tensor<1x2x4x4xi32>
// CHECK: %[[SUM:.*]] = weft.add %[[ACC]], %{{.*}} -> tensor<1x2x4x4xi32>
// CHECK: %[[SCALE:.*]] = weft.mul {{.*}} -> tensor<1x2x1x1xf32>
// CHECK: %[[NUMBER:.*]] = weft.cast %[[SUM]]
// CHECK: weft.mul %[[NUMBER]], %[[SCALE]]
func.func @conv_nchw_ui8_bias(%x: tensor<1x3x4x4xui8>) -> tensor<1x2x4x4xf32> {
  %s = weft.constant dense<0.5> : tensor<f32>
  %z = weft.constant dense<7> : tensor<ui8>
  %q = weft.constant dense<[[[[125]], [[125]], [[125]]], [[[3]], [[3]], [[3]]]]> : tensor<2x3x1x1xui8>
  %v = weft.constant dense<128> : tensor<2xui8>
  %t = weft.constant dense<[0.25, 2.0]> : tensor<2xf32>
  %b = weft.constant dense<[10, -20]> : tensor<2xi32>
  %u = weft.constant dense<[0.125, 1.0]> : tensor<2xf32>
  %a = weft.dequantize %x, %s zp %z {to = f32} : (tensor<1x3x4x4xui8>, tensor<f32>, tensor<ui8>) -> tensor<1x3x4x4xf32>
  %w = weft.dequantize %q, %t zp %v {to = f32, axis = 0 : i64} : (tensor<2x3x1x1xui8>, tensor<2xf32>, tensor<2xui8>) -> tensor<2x3x1x1xf32>
  %f = weft.dequantize %b, %u {to = f32, axis = 0 : i64} : (tensor<2xi32>, tensor<2xf32>) -> tensor<2xf32>
  %g = weft.reshape %f to [1, 2, 1, 1] : (tensor<2xf32>) -> tensor<1x2x1x1xf32>
  %c = weft.conv %a, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x4x4xf32>, tensor<2x3x1x1xf32>) -> tensor<1x2x4x4xf32>
  %d = weft.add %c, %g : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %d : tensor<1x2x4x4xf32>
}

// -----

// Weights whose distance from their zero point is no signed byte: a column of ones gives what the zero points contribute.
// CHECK-LABEL: func.func @matmul_ui8_off_centre(
// CHECK-DAG: %[[W:.*]] = weft.constant dense<{{.*}}> : tensor<4x2xi8>
// CHECK-DAG: %[[ONES:.*]] = weft.constant dense<1> : tensor<4x1xi8>
// CHECK-DAG: %[[REST:.*]] = weft.constant dense<-118> : tensor<1x2xi32>
// CHECK-DAG: %[[SUM:.*]] = weft.matmul %{{.*}}, %[[W]] {{.*}} -> tensor<3x2xi32>
// CHECK-DAG: %[[ROWS:.*]] = weft.matmul %{{.*}}, %[[ONES]] {{.*}} -> tensor<3x1xi32>
// CHECK: %[[LESS:.*]] = weft.mul %[[ROWS]], %[[REST]]
// CHECK: weft.sub %[[SUM]], %[[LESS]]
func.func @matmul_ui8_off_centre(%x: tensor<3x4xui8>) -> tensor<3x2xi32> {
  %w = weft.constant dense<[[0, 255], [1, 2], [3, 4], [5, 6]]> : tensor<4x2xui8>
  %v = weft.constant dense<10> : tensor<ui8>
  %r = weft.matmul %x, %w rhs_zp %v : (tensor<3x4xui8>, tensor<4x2xui8>, tensor<ui8>) -> tensor<3x2xi32>
  return %r : tensor<3x2xi32>
}

// -----

// A zero point that run time computes goes behind the product, times the sums of the columns.
// CHECK-LABEL: func.func @matmul_zero_point_at_run_time(
// CHECK-SAME: %[[X:[^:]*]]: tensor<3x4xui8>, %[[Z:[^:]*]]: tensor<ui8>
// CHECK-DAG: %[[SUMS:.*]] = weft.constant dense<{{\[\[}}16, 20]]> : tensor<1x2xi32>
// CHECK-DAG: %[[SUM:.*]] = weft.matmul %[[X]], %{{[^ ]*}} : (tensor<3x4xui8>, tensor<4x2xi8>) -> tensor<3x2xi32>
// CHECK-DAG: weft.cast %[[Z]]
// CHECK-DAG: %[[LESS:.*]] = weft.mul %{{.*}}, %[[SUMS]]
// CHECK: weft.sub %[[SUM]], %[[LESS]]
func.func @matmul_zero_point_at_run_time(%x: tensor<3x4xui8>, %z: tensor<ui8>) -> tensor<3x2xi32> {
  %w = weft.constant dense<[[1, 2], [3, 4], [5, 6], [7, 8]]> : tensor<4x2xi8>
  %r = weft.matmul %x, %w lhs_zp %z : (tensor<3x4xui8>, tensor<4x2xi8>, tensor<ui8>) -> tensor<3x2xi32>
  return %r : tensor<3x2xi32>
}

// -----

// Around the input of a convolution lies its zero point: it is padded where run time computes that.
// CHECK-LABEL: func.func @conv_zero_point_at_run_time(
// CHECK: weft.pad %{{.*}} value %{{.*}} lo [0, 0, 1, 1] hi [0, 0, 1, 1]
// CHECK: weft.conv {{.*}} pads = array<i64: 0, 0, 0, 0>
// CHECK: weft.sub
func.func @conv_zero_point_at_run_time(%x: tensor<1x4x5x5xi8>, %z: tensor<i8>) -> tensor<1x2x5x5xi32> {
  %w = weft.constant dense<2> : tensor<2x4x3x3xi8>
  %r = weft.conv %x, %w input_zp %z {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x4x5x5xi8>, tensor<2x4x3x3xi8>, tensor<i8>) -> tensor<1x2x5x5xi32>
  return %r : tensor<1x2x5x5xi32>
}

// -----

// CHECK-LABEL: func.func @no_form_when_right_side_is_no_constant(
// CHECK: weft.matmul {{.*}} -> tensor<4x8xf32>
func.func @no_form_when_right_side_is_no_constant(%x: tensor<4x4xi8>, %y: tensor<4x8xi8>) -> tensor<4x8xf32> {
  %s = weft.constant dense<0.5> : tensor<f32>
  %a = weft.dequantize %x, %s {to = f32} : (tensor<4x4xi8>, tensor<f32>) -> tensor<4x4xf32>
  %b = weft.dequantize %y, %s {to = f32} : (tensor<4x8xi8>, tensor<f32>) -> tensor<4x8xf32>
  %c = weft.matmul %a, %b : (tensor<4x4xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  return %c : tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func.func @no_form_when_scale_is_along_summed_dim(
// CHECK: weft.matmul {{.*}} -> tensor<4x8xf32>
func.func @no_form_when_scale_is_along_summed_dim(%x: tensor<4x4xi8>) -> tensor<4x8xf32> {
  %s = weft.constant dense<0.5> : tensor<f32>
  %y = weft.constant dense<3> : tensor<4x8xi8>
  %t = weft.constant dense<[0.25, 2.0, 4.0, 1.0]> : tensor<4xf32>
  %a = weft.dequantize %x, %s {to = f32} : (tensor<4x4xi8>, tensor<f32>) -> tensor<4x4xf32>
  %b = weft.dequantize %y, %t {to = f32, axis = 0 : i64} : (tensor<4x8xi8>, tensor<4xf32>) -> tensor<4x8xf32>
  %c = weft.matmul %a, %b : (tensor<4x4xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  return %c : tensor<4x8xf32>
}

// -----

// A bias in other units stays a float.
// CHECK-LABEL: func.func @no_integer_bias_when_scales_differ(
// CHECK: weft.matmul {{.*}} -> tensor<4x8xi32>
// CHECK: weft.mul {{.*}} -> tensor<4x8xf32>
// CHECK: weft.add {{.*}} -> tensor<4x8xf32>
func.func @no_integer_bias_when_scales_differ(%x: tensor<4x4xi8>) -> tensor<4x8xf32> {
  %s = weft.constant dense<0.5> : tensor<f32>
  %y = weft.constant dense<3> : tensor<4x8xi8>
  %b = weft.constant dense<9> : tensor<8xi32>
  %a = weft.dequantize %x, %s {to = f32} : (tensor<4x4xi8>, tensor<f32>) -> tensor<4x4xf32>
  %w = weft.dequantize %y, %s {to = f32} : (tensor<4x8xi8>, tensor<f32>) -> tensor<4x8xf32>
  %f = weft.dequantize %b, %s {to = f32} : (tensor<8xi32>, tensor<f32>) -> tensor<8xf32>
  %g = weft.reshape %f to [1, 8] : (tensor<8xf32>) -> tensor<1x8xf32>
  %c = weft.matmul %a, %w : (tensor<4x4xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  %d = weft.add %c, %g : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  return %d : tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func.func @no_form_when_conv_has_three_spatial_dims(
// CHECK: weft.conv {{.*}} -> tensor<1x2x4x4x4xf32>
func.func @no_form_when_conv_has_three_spatial_dims(%x: tensor<1x4x4x4x4xi8>) -> tensor<1x2x4x4x4xf32> {
  %s = weft.constant dense<0.5> : tensor<f32>
  %q = weft.constant dense<3> : tensor<2x4x1x1x1xi8>
  %a = weft.dequantize %x, %s {to = f32} : (tensor<1x4x4x4x4xi8>, tensor<f32>) -> tensor<1x4x4x4x4xf32>
  %w = weft.dequantize %q, %s {to = f32} : (tensor<2x4x1x1x1xi8>, tensor<f32>) -> tensor<2x4x1x1x1xf32>
  %c = weft.conv %a, %w {strides = array<i64: 1, 1, 1>, pads = array<i64: 0, 0, 0, 0, 0, 0>, dilations = array<i64: 1, 1, 1>} : (tensor<1x4x4x4x4xf32>, tensor<2x4x1x1x1xf32>) -> tensor<1x2x4x4x4xf32>
  return %c : tensor<1x2x4x4x4xf32>
}
