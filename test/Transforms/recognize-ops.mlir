// RUN: weft-opt %s --weft-recognize-ops --split-input-file | FileCheck %s
//
// What exporters take apart is found again; what only looks like it is left alone.

// PyTorch before opset 17: d / sqrt(mean(d^2) + eps).
// CHECK-LABEL: func.func @layer_norm_f32_div_sqrt(
// CHECK: %[[Y:.*]], %{{.*}}, %{{.*}} = weft.normalize %arg0 {axes = array<i64: 1>, epsilon = 9.99{{[0-9]*}}E-6 : f64}
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm_f32_div_sqrt(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %two = weft.constant dense<2.0> : tensor<1x1xf32>
  %eps = weft.constant dense<1.000000e-05> : tensor<1x1xf32>
  %m = weft.reduce mean %x {axes = array<i64: 1>} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %d = weft.sub %x, %m : (tensor<4x16xf32>, tensor<4x1xf32>) -> tensor<4x16xf32>
  %p = weft.pow %d, %two : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %v = weft.reduce mean %p {axes = array<i64: 1>} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %a = weft.add %v, %eps : (tensor<4x1xf32>, tensor<1x1xf32>) -> tensor<4x1xf32>
  %s = weft.sqrt %a : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %y = weft.div %d, %s : (tensor<4x16xf32>, tensor<4x1xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// x * (1 / sqrt(mean(x * x) + eps)), as Llama exports it.
// CHECK-LABEL: func.func @rms_norm_f32_inverse_sqrt(
// CHECK: weft.normalize %arg0 {axes = array<i64: 1>, center = false
func.func @rms_norm_f32_inverse_sqrt(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %one = weft.constant dense<1.0> : tensor<1x1xf32>
  %eps = weft.constant dense<1.000000e-06> : tensor<1x1xf32>
  %p = weft.mul %x, %x : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %v = weft.reduce mean %p {axes = array<i64: 1>} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %a = weft.add %v, %eps : (tensor<4x1xf32>, tensor<1x1xf32>) -> tensor<4x1xf32>
  %s = weft.sqrt %a : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %i = weft.div %one, %s : (tensor<1x1xf32>, tensor<4x1xf32>) -> tensor<4x1xf32>
  %y = weft.mul %i, %x : (tensor<4x1xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// The mean of another tensor's squares does not normalise x.
// CHECK-LABEL: func.func @no_recognize_when_variance_is_of_another_value(
// CHECK-NOT: weft.normalize
// CHECK: weft.div
func.func @no_recognize_when_variance_is_of_another_value(%x: tensor<4x16xf32>, %z: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %eps = weft.constant dense<1.000000e-06> : tensor<1x1xf32>
  %p = weft.mul %z, %z : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %v = weft.reduce mean %p {axes = array<i64: 1>} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %a = weft.add %v, %eps : (tensor<4x1xf32>, tensor<1x1xf32>) -> tensor<4x1xf32>
  %s = weft.sqrt %a : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %y = weft.div %x, %s : (tensor<4x16xf32>, tensor<4x1xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// (x * 0.5) * (1 + erf(x / 1.41421)).
// CHECK-LABEL: func.func @gelu_f32_erf(
// CHECK: weft.gelu %arg0
// CHECK-NEXT: return
func.func @gelu_f32_erf(%x: tensor<8xf32>) -> tensor<8xf32> {
  %h = weft.constant dense<0.5> : tensor<1xf32>
  %one = weft.constant dense<1.0> : tensor<1xf32>
  %c = weft.constant dense<1.41421> : tensor<1xf32>
  %d = weft.div %x, %c : (tensor<8xf32>, tensor<1xf32>) -> tensor<8xf32>
  %e = weft.erf %d : (tensor<8xf32>) -> tensor<8xf32>
  %s = weft.add %e, %one : (tensor<8xf32>, tensor<1xf32>) -> tensor<8xf32>
  %a = weft.mul %x, %h : (tensor<8xf32>, tensor<1xf32>) -> tensor<8xf32>
  %y = weft.mul %a, %s : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

// 0.5 x (1 + tanh(0.79788 (x + 0.044715 x^3))).
// CHECK-LABEL: func.func @gelu_f32_tanh(
// CHECK: weft.gelu %arg0
// CHECK-SAME: approx = #weft.gelu_approx<tanh>
func.func @gelu_f32_tanh(%x: tensor<8xf32>) -> tensor<8xf32> {
  %h = weft.constant dense<0.5> : tensor<1xf32>
  %one = weft.constant dense<1.0> : tensor<1xf32>
  %three = weft.constant dense<3.0> : tensor<1xf32>
  %k = weft.constant dense<0.044715> : tensor<1xf32>
  %c = weft.constant dense<0.797885> : tensor<1xf32>
  %p = weft.pow %x, %three : (tensor<8xf32>, tensor<1xf32>) -> tensor<8xf32>
  %q = weft.mul %p, %k : (tensor<8xf32>, tensor<1xf32>) -> tensor<8xf32>
  %r = weft.add %x, %q : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %t = weft.mul %r, %c : (tensor<8xf32>, tensor<1xf32>) -> tensor<8xf32>
  %u = weft.tanh %t : (tensor<8xf32>) -> tensor<8xf32>
  %s = weft.add %u, %one : (tensor<8xf32>, tensor<1xf32>) -> tensor<8xf32>
  %a = weft.mul %x, %s : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %y = weft.mul %h, %a : (tensor<1xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

// A factor of 0.25 makes it something else.
// CHECK-LABEL: func.func @no_recognize_when_factor_is_not_half(
// CHECK-NOT: weft.gelu
// CHECK: return
func.func @no_recognize_when_factor_is_not_half(%x: tensor<8xf32>) -> tensor<8xf32> {
  %h = weft.constant dense<0.25> : tensor<1xf32>
  %one = weft.constant dense<1.0> : tensor<1xf32>
  %c = weft.constant dense<1.41421> : tensor<1xf32>
  %d = weft.div %x, %c : (tensor<8xf32>, tensor<1xf32>) -> tensor<8xf32>
  %e = weft.erf %d : (tensor<8xf32>) -> tensor<8xf32>
  %s = weft.add %e, %one : (tensor<8xf32>, tensor<1xf32>) -> tensor<8xf32>
  %a = weft.mul %x, %h : (tensor<8xf32>, tensor<1xf32>) -> tensor<8xf32>
  %y = weft.mul %a, %s : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

// exp(x - max) / sum.
// CHECK-LABEL: func.func @softmax_f32_shifted(
// CHECK: weft.softmax %arg0 {axis = 1 : i64}
// CHECK-NEXT: return
func.func @softmax_f32_shifted(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %m = weft.reduce max %x {axes = array<i64: 1>} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %d = weft.sub %x, %m : (tensor<4x16xf32>, tensor<4x1xf32>) -> tensor<4x16xf32>
  %e = weft.exp %d : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %s = weft.reduce sum %e {axes = array<i64: 1>} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %y = weft.div %e, %s : (tensor<4x16xf32>, tensor<4x1xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// A sum over two axes is no softmax along one.
// CHECK-LABEL: func.func @no_recognize_when_sum_has_two_axes(
// CHECK-NOT: weft.softmax
// CHECK: return
func.func @no_recognize_when_sum_has_two_axes(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %e = weft.exp %x : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %s = weft.reduce sum %e {axes = array<i64: 0, 1>} : (tensor<4x16xf32>) -> tensor<1x1xf32>
  %y = weft.div %e, %s : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// Scale behind the product, an added mask, k transposed in one step from [B S H D].
// CHECK-LABEL: func.func @attention_f32_mask(
// CHECK: %[[K:.*]] = weft.transpose %arg1 {perm = array<i64: 0, 2, 1, 3>}
// CHECK: weft.attention %arg0, %[[K]], %arg2 mask %arg3 {scale = 1.250000e-01 : f64}
func.func @attention_f32_mask(%q: tensor<1x8x16x64xf32>, %k: tensor<1x16x8x64xf32>, %v: tensor<1x8x16x64xf32>, %m: tensor<1x1x16x16xf32>) -> tensor<1x8x16x64xf32> {
  %c = weft.constant dense<8.0> : tensor<1x1x1x1xf32>
  %kt = weft.transpose %k {perm = array<i64: 0, 2, 1, 3>} : (tensor<1x16x8x64xf32>) -> tensor<1x8x16x64xf32>
  %s = weft.matmul %q, %kt {transpose_rhs = true} : (tensor<1x8x16x64xf32>, tensor<1x8x16x64xf32>) -> tensor<1x8x16x16xf32>
  %d = weft.div %s, %c : (tensor<1x8x16x16xf32>, tensor<1x1x1x1xf32>) -> tensor<1x8x16x16xf32>
  %a = weft.add %d, %m : (tensor<1x8x16x16xf32>, tensor<1x1x16x16xf32>) -> tensor<1x8x16x16xf32>
  %p = weft.softmax %a {axis = 3} : (tensor<1x8x16x16xf32>) -> tensor<1x8x16x16xf32>
  %y = weft.matmul %p, %v : (tensor<1x8x16x16xf32>, tensor<1x8x16x64xf32>) -> tensor<1x8x16x64xf32>
  return %y : tensor<1x8x16x64xf32>
}

// -----

// One key head for all query heads is a broadcast in the product, which attention does by groups only.
// CHECK-LABEL: func.func @no_recognize_when_product_broadcasts_heads(
// CHECK-NOT: weft.attention
// CHECK: return
func.func @no_recognize_when_product_broadcasts_heads(%q: tensor<1x8x16x64xf32>, %k: tensor<1x1x16x64xf32>, %v: tensor<1x8x16x64xf32>) -> tensor<1x8x16x64xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x8x16x64xf32>, tensor<1x1x16x64xf32>) -> tensor<1x8x16x16xf32>
  %p = weft.softmax %s {axis = 3} : (tensor<1x8x16x16xf32>) -> tensor<1x8x16x16xf32>
  %y = weft.matmul %p, %v : (tensor<1x8x16x16xf32>, tensor<1x8x16x64xf32>) -> tensor<1x8x16x64xf32>
  return %y : tensor<1x8x16x64xf32>
}
