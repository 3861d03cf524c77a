// RUN: weft-opt %s --weft-recognize-ops --split-input-file | FileCheck %s
//
// Forms of other exporters: TensorFlow's layer normalisation, sums for means, reciprocals, other gelus.

// TensorFlow: x * a + (shift - mean * a) with a = gain / sqrt(v + eps).
// CHECK-LABEL: func.func @layer_norm_f32_tensorflow(
// CHECK: %[[Y:.*]], %{{.*}}, %{{.*}} = weft.normalize %arg0 {axes = array<i64: 1>
// CHECK-NEXT: %[[S:.*]] = weft.mul %[[Y]], %arg1
// CHECK-NEXT: weft.add %[[S]], %arg2
func.func @layer_norm_f32_tensorflow(%x: tensor<4x16xf32>, %w: tensor<1x16xf32>, %b: tensor<1x16xf32>) -> tensor<4x16xf32> {
  %one = weft.constant dense<1.0> : tensor<1x1xf32>
  %eps = weft.constant dense<1.0e-3> : tensor<1x1xf32>
  %m = weft.reduce mean %x {axes = array<i64: 1>} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %d = weft.sub %m, %x : (tensor<4x1xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %q = weft.mul %d, %d : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %v = weft.reduce mean %q {axes = array<i64: 1>} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %e = weft.add %v, %eps : (tensor<4x1xf32>, tensor<1x1xf32>) -> tensor<4x1xf32>
  %s = weft.sqrt %e : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %i = weft.div %one, %s : (tensor<1x1xf32>, tensor<4x1xf32>) -> tensor<4x1xf32>
  %a = weft.mul %i, %w : (tensor<4x1xf32>, tensor<1x16xf32>) -> tensor<4x16xf32>
  %xa = weft.mul %x, %a : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %ma = weft.mul %m, %a : (tensor<4x1xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %o = weft.sub %b, %ma : (tensor<1x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %y = weft.add %xa, %o : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// The same with another row's mean.
// CHECK-LABEL: func.func @no_recognize_when_shift_is_of_another_mean(
// CHECK-NOT: weft.normalize
// CHECK: return
func.func @no_recognize_when_shift_is_of_another_mean(%x: tensor<4x16xf32>, %b: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %one = weft.constant dense<1.0> : tensor<1x1xf32>
  %eps = weft.constant dense<1.0e-3> : tensor<1x1xf32>
  %m = weft.reduce mean %x {axes = array<i64: 1>} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %other = weft.reduce mean %b {axes = array<i64: 1>} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %d = weft.sub %x, %m : (tensor<4x16xf32>, tensor<4x1xf32>) -> tensor<4x16xf32>
  %q = weft.mul %d, %d : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %v = weft.reduce mean %q {axes = array<i64: 1>} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %e = weft.add %v, %eps : (tensor<4x1xf32>, tensor<1x1xf32>) -> tensor<4x1xf32>
  %s = weft.sqrt %e : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %a = weft.div %one, %s : (tensor<1x1xf32>, tensor<4x1xf32>) -> tensor<4x1xf32>
  %xa = weft.mul %x, %a : (tensor<4x16xf32>, tensor<4x1xf32>) -> tensor<4x16xf32>
  %ma = weft.mul %other, %a : (tensor<4x1xf32>, tensor<4x1xf32>) -> tensor<4x1xf32>
  %o = weft.sub %b, %ma : (tensor<4x16xf32>, tensor<4x1xf32>) -> tensor<4x16xf32>
  %y = weft.add %xa, %o : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// A sum over the 16 entries, divided, is their mean.
// CHECK-LABEL: func.func @rms_norm_f32_sum(
// CHECK: weft.normalize %arg0 {axes = array<i64: 1>, center = false
func.func @rms_norm_f32_sum(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %eps = weft.constant dense<1.0e-6> : tensor<1x1xf32>
  %n = weft.constant dense<16.0> : tensor<1x1xf32>
  %q = weft.mul %x, %x : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %t = weft.reduce sum %q {axes = array<i64: 1>} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %v = weft.div %t, %n : (tensor<4x1xf32>, tensor<1x1xf32>) -> tensor<4x1xf32>
  %e = weft.add %v, %eps : (tensor<4x1xf32>, tensor<1x1xf32>) -> tensor<4x1xf32>
  %s = weft.sqrt %e : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %y = weft.div %x, %s : (tensor<4x16xf32>, tensor<4x1xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// Divided by one less it is another variance.
// CHECK-LABEL: func.func @no_recognize_when_sum_is_not_divided_by_count(
// CHECK-NOT: weft.normalize
// CHECK: return
func.func @no_recognize_when_sum_is_not_divided_by_count(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %eps = weft.constant dense<1.0e-6> : tensor<1x1xf32>
  %n = weft.constant dense<15.0> : tensor<1x1xf32>
  %q = weft.mul %x, %x : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %t = weft.reduce sum %q {axes = array<i64: 1>} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %v = weft.div %t, %n : (tensor<4x1xf32>, tensor<1x1xf32>) -> tensor<4x1xf32>
  %e = weft.add %v, %eps : (tensor<4x1xf32>, tensor<1x1xf32>) -> tensor<4x1xf32>
  %s = weft.sqrt %e : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %y = weft.div %x, %s : (tensor<4x16xf32>, tensor<4x1xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// The variance is a result of its own.
// CHECK-LABEL: func.func @no_recognize_when_variance_has_other_users(
// CHECK-NOT: weft.normalize
// CHECK: return
func.func @no_recognize_when_variance_has_other_users(%x: tensor<4x16xf32>) -> (tensor<4x16xf32>, tensor<4x1xf32>) {
  %eps = weft.constant dense<1.0e-6> : tensor<1x1xf32>
  %q = weft.mul %x, %x : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %v = weft.reduce mean %q {axes = array<i64: 1>} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %e = weft.add %v, %eps : (tensor<4x1xf32>, tensor<1x1xf32>) -> tensor<4x1xf32>
  %s = weft.sqrt %e : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %y = weft.div %x, %s : (tensor<4x16xf32>, tensor<4x1xf32>) -> tensor<4x16xf32>
  return %y, %v : tensor<4x16xf32>, tensor<4x1xf32>
}

// -----

// exp(x) * (1 / sum(exp(x))).
// CHECK-LABEL: func.func @softmax_f32_reciprocal(
// CHECK: weft.softmax %arg0 {axis = 1 : i64}
// CHECK-NEXT: return
func.func @softmax_f32_reciprocal(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %one = weft.constant dense<1.0> : tensor<1x1xf32>
  %e = weft.exp %x : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %s = weft.reduce sum %e {axes = array<i64: 1>} : (tensor<4x16xf32>) -> tensor<4x1xf32>
  %i = weft.div %one, %s : (tensor<1x1xf32>, tensor<4x1xf32>) -> tensor<4x1xf32>
  %y = weft.mul %e, %i : (tensor<4x16xf32>, tensor<4x1xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// x * sigmoid(1.702 x).
// CHECK-LABEL: func.func @gelu_f32_quick(
// CHECK: weft.gelu %arg0 {approx = #weft.gelu_approx<quick>}
// CHECK-NEXT: return
func.func @gelu_f32_quick(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %c = weft.constant dense<1.702> : tensor<1x1xf32>
  %s = weft.mul %x, %c : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %g = weft.sigmoid %s : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %y = weft.mul %x, %g : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// 0.5 x (1 + tanh(0.79788 x (1 + 0.044715 x x))).
// CHECK-LABEL: func.func @gelu_f32_fast(
// CHECK: weft.gelu %arg0 {approx = #weft.gelu_approx<tanh>}
// CHECK-NEXT: return
func.func @gelu_f32_fast(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %half = weft.constant dense<0.5> : tensor<1x1xf32>
  %one = weft.constant dense<1.0> : tensor<1x1xf32>
  %k = weft.constant dense<0.044715> : tensor<1x1xf32>
  %c = weft.constant dense<0.797885> : tensor<1x1xf32>
  %a = weft.mul %x, %k : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %q = weft.mul %a, %x : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %l = weft.add %q, %one : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %s = weft.mul %x, %c : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %z = weft.mul %s, %l : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %t = weft.tanh %z : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %g = weft.add %t, %one : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %h = weft.mul %x, %half : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %y = weft.mul %h, %g : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// x * sigmoid(x) is swish, which has no op.
// CHECK-LABEL: func.func @no_recognize_when_slope_is_not_1_702(
// CHECK: weft.sigmoid
// CHECK-NEXT: weft.mul
func.func @no_recognize_when_slope_is_not_1_702(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %g = weft.sigmoid %x : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %y = weft.mul %x, %g : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}
