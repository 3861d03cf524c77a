// RUN: weft-opt %s --weft-recognize-ops --split-input-file | FileCheck %s
//
// Constants that are nearly those of an activation make another function, unless rounding to the type explains the difference.

// CHECK-LABEL: func.func @no_recognize_when_one_is_off(
// CHECK-NOT: weft.sigmoid
// CHECK: return
func.func @no_recognize_when_one_is_off(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %one = weft.constant dense<1.0009> : tensor<1x1xf32>
  %e = weft.exp %x : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %a = weft.add %e, %one : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %y = weft.div %one, %a : (tensor<1x1xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// CHECK-LABEL: func.func @no_recognize_when_one_of_log_is_off(
// CHECK-NOT: weft.softplus
// CHECK: return
func.func @no_recognize_when_one_of_log_is_off(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %one = weft.constant dense<1.0009> : tensor<1x1xf32>
  %e = weft.exp %x : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %a = weft.add %e, %one : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %y = weft.log %a : (tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// CHECK-LABEL: func.func @no_recognize_when_slope_is_off(
// CHECK-NOT: weft.gelu
// CHECK: return
func.func @no_recognize_when_slope_is_off(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %one = weft.constant dense<1.0> : tensor<1x1xf32>
  %half = weft.constant dense<0.5> : tensor<1x1xf32>
  %c = weft.constant dense<0.7078> : tensor<1x1xf32>
  %s = weft.mul %x, %c : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %e = weft.erf %s : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %a = weft.add %e, %one : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %h = weft.mul %x, %half : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %y = weft.mul %h, %a : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// The slope as f16 holds it, 1.5e-4 off, is the slope.
// CHECK-LABEL: func.func @gelu_f16_rounded_slope(
// CHECK: weft.gelu
func.func @gelu_f16_rounded_slope(%x: tensor<4x16xf16>) -> tensor<4x16xf16> {
  %one = weft.constant dense<1.0> : tensor<1x1xf16>
  %half = weft.constant dense<0.5> : tensor<1x1xf16>
  %c = weft.constant dense<7.070310e-01> : tensor<1x1xf16>
  %s = weft.mul %x, %c : (tensor<4x16xf16>, tensor<1x1xf16>) -> tensor<4x16xf16>
  %e = weft.erf %s : (tensor<4x16xf16>) -> tensor<4x16xf16>
  %a = weft.add %e, %one : (tensor<4x16xf16>, tensor<1x1xf16>) -> tensor<4x16xf16>
  %h = weft.mul %x, %half : (tensor<4x16xf16>, tensor<1x1xf16>) -> tensor<4x16xf16>
  %y = weft.mul %h, %a : (tensor<4x16xf16>, tensor<4x16xf16>) -> tensor<4x16xf16>
  return %y : tensor<4x16xf16>
}

// -----

// CHECK-LABEL: func.func @no_recognize_when_exponent_is_off(
// CHECK-NOT: weft.layer_norm
// CHECK-NOT: weft.rsqrt
// CHECK: return
func.func @no_recognize_when_exponent_is_off(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %eps = weft.constant dense<1.0e-5> : tensor<1x1xf32>
  %p = weft.constant dense<-0.4996> : tensor<1x1xf32>
  %m = weft.reduce mean %x {axes = array<i64: 1>, keepdims = true} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %d = weft.sub %x, %m : (tensor<4x16xf32>, tensor<4x1xf32>) -> tensor<4x16xf32>
  %q = weft.mul %d, %d : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %v = weft.reduce mean %q {axes = array<i64: 1>, keepdims = true} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %a = weft.add %v, %eps : (tensor<4x1xf32>, tensor<1x1xf32>) -> tensor<4x1xf32>
  %r = weft.pow %a, %p : (tensor<4x1xf32>, tensor<1x1xf32>) -> tensor<4x1xf32>
  %y = weft.mul %d, %r : (tensor<4x16xf32>, tensor<4x1xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}
