// RUN: weft-opt %s --weft-absorb-scales --split-input-file | FileCheck %s
//
// Constants take the division of a quantisation.

// The scale of the product, the bias and the residual are divided; ReLU is what unsigned bytes with zero point 0 do anyway.
// CHECK-LABEL: func.func @mul_add_relu_ui8(
// CHECK: %[[C:.*]] = weft.constant dense<{{\[\[}}5.000000e-01, 1.000000e+00]]> : tensor<1x2xf32>
// CHECK: %[[M:.*]] = weft.mul %{{.*}}, %[[C]]
// CHECK: %[[B:.*]] = weft.constant dense<{{\[\[}}2.000000e+00, 4.000000e+00]]> : tensor<1x2xf32>
// CHECK: %[[A:.*]] = weft.add %[[M]], %[[B]]
// CHECK: %[[T:.*]] = weft.constant dense<1.250000e-01> : tensor<f32>
// CHECK: %[[R:.*]] = weft.dequantize %{{.*}}, %[[T]] {to = f32}
// CHECK: %[[S:.*]] = weft.add %[[A]], %[[R]]
// CHECK: %[[ONE:.*]] = weft.constant dense<1.000000e+00> : tensor<f32>
// CHECK-NOT: weft.max
// CHECK: weft.quantize %[[S]], %[[ONE]] {to = ui8}
func.func @mul_add_relu_ui8(%x: tensor<4x2xf32>, %q: tensor<4x2xi8>) -> tensor<4x2xui8> {
  %c = weft.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %b = weft.constant dense<[[4.0, 8.0]]> : tensor<1x2xf32>
  %t = weft.constant dense<0.25> : tensor<f32>
  %s = weft.constant dense<2.0> : tensor<f32>
  %o = weft.constant dense<0.0> : tensor<1x1xf32>
  %0 = weft.mul %x, %c : (tensor<4x2xf32>, tensor<1x2xf32>) -> tensor<4x2xf32>
  %1 = weft.add %0, %b : (tensor<4x2xf32>, tensor<1x2xf32>) -> tensor<4x2xf32>
  %2 = weft.dequantize %q, %t {to = f32} : (tensor<4x2xi8>, tensor<f32>) -> tensor<4x2xf32>
  %3 = weft.add %1, %2 : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<4x2xf32>
  %4 = weft.max %3, %o : (tensor<4x2xf32>, tensor<1x1xf32>) -> tensor<4x2xf32>
  %5 = weft.quantize %4, %s {to = ui8} : (tensor<4x2xf32>, tensor<f32>) -> tensor<4x2xui8>
  return %5 : tensor<4x2xui8>
}

// -----

// Clipped inside the range: the bound is divided, and stays.
// CHECK-LABEL: func.func @no_drop_when_clip_is_inside_the_range(
// CHECK-DAG: %[[HI:.*]] = weft.constant dense<6.000000e+00> : tensor<1x1xf32>
// CHECK: weft.min %{{.*}}, %[[HI]]
func.func @no_drop_when_clip_is_inside_the_range(%x: tensor<4x2xf32>) -> tensor<4x2xui8> {
  %c = weft.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %hi = weft.constant dense<3.0> : tensor<1x1xf32>
  %s = weft.constant dense<0.5> : tensor<f32>
  %0 = weft.mul %x, %c : (tensor<4x2xf32>, tensor<1x2xf32>) -> tensor<4x2xf32>
  %1 = weft.min %0, %hi : (tensor<4x2xf32>, tensor<1x1xf32>) -> tensor<4x2xf32>
  %2 = weft.quantize %1, %s {to = ui8} : (tensor<4x2xf32>, tensor<f32>) -> tensor<4x2xui8>
  return %2 : tensor<4x2xui8>
}

// -----

// CHECK-LABEL: func.func @no_absorb_when_value_has_other_readers(
// CHECK: %[[S:.*]] = weft.constant dense<2.000000e+00> : tensor<f32>
// CHECK: weft.quantize %{{.*}}, %[[S]]
func.func @no_absorb_when_value_has_other_readers(%x: tensor<2xf32>) -> (tensor<2xui8>, tensor<2xf32>) {
  %c = weft.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %s = weft.constant dense<2.0> : tensor<f32>
  %0 = weft.mul %x, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = weft.quantize %0, %s {to = ui8} : (tensor<2xf32>, tensor<f32>) -> tensor<2xui8>
  return %1, %0 : tensor<2xui8>, tensor<2xf32>
}

// -----

// CHECK-LABEL: func.func @no_absorb_when_values_come_from_outside(
// CHECK: %[[S:.*]] = weft.constant dense<2.000000e+00> : tensor<f32>
// CHECK: weft.quantize %{{.*}}, %[[S]]
func.func @no_absorb_when_values_come_from_outside(%x: tensor<2xf32>) -> tensor<2xui8> {
  %s = weft.constant dense<2.0> : tensor<f32>
  %0 = weft.quantize %x, %s {to = ui8} : (tensor<2xf32>, tensor<f32>) -> tensor<2xui8>
  return %0 : tensor<2xui8>
}

// -----

// CHECK-LABEL: func.func @no_absorb_when_scale_is_per_channel(
// CHECK: weft.quantize %{{.*}}, %{{.*}} {axis = 0 : i64
// CHECK-NOT: dense<1.000000e+00>
func.func @no_absorb_when_scale_is_per_channel(%x: tensor<2xf32>) -> tensor<2xui8> {
  %c = weft.constant dense<[4.0, 2.0]> : tensor<2xf32>
  %s = weft.constant dense<[2.0, 8.0]> : tensor<2xf32>
  %0 = weft.mul %x, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = weft.quantize %0, %s {to = ui8, axis = 0 : i64} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xui8>
  return %1 : tensor<2xui8>
}

// -----

// CHECK-LABEL: func.func @no_absorb_when_value_is_no_f32(
// CHECK: %[[S:.*]] = weft.constant dense<2.000000e+00> : tensor<f16>
// CHECK: weft.quantize %{{.*}}, %[[S]]
func.func @no_absorb_when_value_is_no_f32(%x: tensor<2xf16>) -> tensor<2xui8> {
  %c = weft.constant dense<[4.0, 2.0]> : tensor<2xf16>
  %s = weft.constant dense<2.0> : tensor<f16>
  %0 = weft.mul %x, %c : (tensor<2xf16>, tensor<2xf16>) -> tensor<2xf16>
  %1 = weft.quantize %0, %s {to = ui8} : (tensor<2xf16>, tensor<f16>) -> tensor<2xui8>
  return %1 : tensor<2xui8>
}

// -----

// Floats of 8 bits are not rounded to whole steps: a quotient that is rounded elsewhere may be another number.
// CHECK-LABEL: func.func @no_absorb_when_result_is_a_float(
// CHECK: %[[S:.*]] = weft.constant dense<2.000000e+00> : tensor<f32>
// CHECK: weft.quantize %{{.*}}, %[[S]]
func.func @no_absorb_when_result_is_a_float(%x: tensor<2xf32>) -> tensor<2xf8E4M3FN> {
  %c = weft.constant dense<[4.0, 2.0]> : tensor<2xf32>
  %s = weft.constant dense<2.0> : tensor<f32>
  %0 = weft.mul %x, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = weft.quantize %0, %s {to = f8E4M3FN} : (tensor<2xf32>, tensor<f32>) -> tensor<2xf8E4M3FN>
  return %1 : tensor<2xf8E4M3FN>
}

// -----

// CHECK-LABEL: func.func @no_absorb_when_scale_is_1(
// CHECK: %[[C:.*]] = weft.constant dense<[4.000000e+00, 2.000000e+00]>
// CHECK: weft.mul %{{.*}}, %[[C]]
func.func @no_absorb_when_scale_is_1(%x: tensor<2xf32>) -> tensor<2xui8> {
  %c = weft.constant dense<[4.0, 2.0]> : tensor<2xf32>
  %s = weft.constant dense<1.0> : tensor<f32>
  %0 = weft.mul %x, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = weft.quantize %0, %s {to = ui8} : (tensor<2xf32>, tensor<f32>) -> tensor<2xui8>
  return %1 : tensor<2xui8>
}

// -----

// 4 / 1e-38 would be infinite.
// CHECK-LABEL: func.func @no_absorb_when_scale_is_tiny(
// CHECK: %[[C:.*]] = weft.constant dense<[4.000000e+00, 2.000000e+00]>
// CHECK: weft.mul %{{.*}}, %[[C]]
func.func @no_absorb_when_scale_is_tiny(%x: tensor<2xf32>) -> tensor<2xui8> {
  %c = weft.constant dense<[4.0, 2.0]> : tensor<2xf32>
  %s = weft.constant dense<1.0e-38> : tensor<f32>
  %0 = weft.mul %x, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = weft.quantize %0, %s {to = ui8} : (tensor<2xf32>, tensor<f32>) -> tensor<2xui8>
  return %1 : tensor<2xui8>
}

// -----

// A dequantisation alone would only become another one.
// CHECK-LABEL: func.func @no_absorb_when_value_is_dequantised(
// CHECK: %[[S:.*]] = weft.constant dense<2.000000e+00> : tensor<f32>
// CHECK: weft.quantize %{{.*}}, %[[S]]
func.func @no_absorb_when_value_is_dequantised(%x: tensor<2xi8>) -> tensor<2xui8> {
  %t = weft.constant dense<0.5> : tensor<f32>
  %s = weft.constant dense<2.0> : tensor<f32>
  %0 = weft.dequantize %x, %t {to = f32} : (tensor<2xi8>, tensor<f32>) -> tensor<2xf32>
  %1 = weft.quantize %0, %s {to = ui8} : (tensor<2xf32>, tensor<f32>) -> tensor<2xui8>
  return %1 : tensor<2xui8>
}

// -----

// CHECK-LABEL: func.func @no_drop_when_scale_is_no_constant(
// CHECK: weft.max
func.func @no_drop_when_scale_is_no_constant(%x: tensor<2xf32>, %s: tensor<f32>) -> tensor<2xui8> {
  %o = weft.constant dense<0.0> : tensor<1xf32>
  %0 = weft.max %x, %o : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  %1 = weft.quantize %0, %s {to = ui8} : (tensor<2xf32>, tensor<f32>) -> tensor<2xui8>
  return %1 : tensor<2xui8>
}

// -----

// CHECK-LABEL: func.func @no_drop_when_zero_point_is_no_constant(
// CHECK: weft.max
func.func @no_drop_when_zero_point_is_no_constant(%x: tensor<2xf32>, %z: tensor<ui8>) -> tensor<2xui8> {
  %s = weft.constant dense<1.0> : tensor<f32>
  %o = weft.constant dense<0.0> : tensor<1xf32>
  %0 = weft.max %x, %o : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  %1 = weft.quantize %0, %s zp %z {to = ui8} : (tensor<2xf32>, tensor<f32>, tensor<ui8>) -> tensor<2xui8>
  return %1 : tensor<2xui8>
}

// -----

// The range ends at -128: a maximum with 0 does more.
// CHECK-LABEL: func.func @no_drop_when_range_goes_below_the_maximum(
// CHECK: weft.max
func.func @no_drop_when_range_goes_below_the_maximum(%x: tensor<2xf32>) -> tensor<2xi8> {
  %s = weft.constant dense<1.0> : tensor<f32>
  %o = weft.constant dense<0.0> : tensor<1xf32>
  %0 = weft.max %x, %o : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  %1 = weft.quantize %0, %s {to = i8} : (tensor<2xf32>, tensor<f32>) -> tensor<2xi8>
  return %1 : tensor<2xi8>
}

// -----

// The neighbour of the quantisation is no maximum.
// CHECK-LABEL: func.func @no_drop_when_value_is_a_sum(
// CHECK: weft.max
// CHECK: weft.add
func.func @no_drop_when_value_is_a_sum(%x: tensor<2xf32>, %y: tensor<2xf32>) -> tensor<2xui8> {
  %s = weft.constant dense<1.0> : tensor<f32>
  %o = weft.constant dense<0.0> : tensor<1xf32>
  %0 = weft.max %x, %o : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  %1 = weft.add %0, %y : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %2 = weft.quantize %1, %s {to = ui8} : (tensor<2xf32>, tensor<f32>) -> tensor<2xui8>
  return %2 : tensor<2xui8>
}
