// RUN: weft-opt %s --weft-recognize-ops --split-input-file | FileCheck %s
//
// Activations that exporters take apart get the form that the importer builds, or their op.

// x / (1 + exp(-x)).
// CHECK-LABEL: func.func @silu_f32_quotient(
// CHECK: %[[S:.*]] = weft.sigmoid %arg0
// CHECK-NEXT: weft.mul %arg0, %[[S]]
func.func @silu_f32_quotient(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %one = weft.constant dense<1.0> : tensor<1x1xf32>
  %n = weft.neg %x : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %e = weft.exp %n : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %a = weft.add %e, %one : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %y = weft.div %x, %a : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// 1 / (1 + exp(z)) is the sigmoid of -z.
// CHECK-LABEL: func.func @sigmoid_f32_of_negative(
// CHECK: %[[N:.*]] = weft.neg %arg0
// CHECK-NEXT: weft.sigmoid %[[N]]
func.func @sigmoid_f32_of_negative(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %one = weft.constant dense<1.0> : tensor<1x1xf32>
  %e = weft.exp %x : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %a = weft.add %e, %one : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %y = weft.div %one, %a : (tensor<1x1xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// 2 + exp is no sigmoid.
// CHECK-LABEL: func.func @no_recognize_when_sum_is_not_one_more(
// CHECK-NOT: weft.sigmoid
// CHECK: return
func.func @no_recognize_when_sum_is_not_one_more(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %two = weft.constant dense<2.0> : tensor<1x1xf32>
  %e = weft.exp %x : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %a = weft.add %e, %two : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %y = weft.div %x, %a : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// The exponential is a result too: it is computed anyway.
// CHECK-LABEL: func.func @no_recognize_when_inner_value_has_other_users(
// CHECK-NOT: weft.sigmoid
// CHECK: return
func.func @no_recognize_when_inner_value_has_other_users(%x: tensor<4x16xf32>) -> (tensor<4x16xf32>, tensor<4x16xf32>) {
  %one = weft.constant dense<1.0> : tensor<1x1xf32>
  %e = weft.exp %x : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %a = weft.add %e, %one : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %y = weft.div %x, %a : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y, %e : tensor<4x16xf32>, tensor<4x16xf32>
}

// -----

// A row divided by sums of another shape: the result is wider than what the exponential is taken of.
// CHECK-LABEL: func.func @no_recognize_when_result_has_another_type(
// CHECK-NOT: weft.sigmoid
// CHECK: return
func.func @no_recognize_when_result_has_another_type(%x: tensor<4x16xf32>, %z: tensor<4x1xf32>) -> tensor<4x16xf32> {
  %one = weft.constant dense<1.0> : tensor<1x1xf32>
  %e = weft.exp %z : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %a = weft.add %e, %one : (tensor<4x1xf32>, tensor<1x1xf32>) -> tensor<4x1xf32>
  %y = weft.div %x, %a : (tensor<4x16xf32>, tensor<4x1xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// x * clip(x + 3, 0, 6) / 6: x * max(min(x / 6 + 0.5, 1), 0).
// CHECK-LABEL: func.func @hard_swish_f32_divided_last(
// CHECK-DAG: %[[SIXTH:.*]] = weft.constant dense<0.1666666{{[0-9]*}}> : tensor<1x1xf32>
// CHECK-DAG: %[[HALF:.*]] = weft.constant dense<5.000000e-01> : tensor<1x1xf32>
// CHECK-DAG: %[[ONE:.*]] = weft.constant dense<1.000000e+00> : tensor<1x1xf32>
// CHECK-DAG: %[[ZERO:.*]] = weft.constant dense<0.000000e+00> : tensor<1x1xf32>
// CHECK: %[[M:.*]] = weft.mul %arg0, %[[SIXTH]]
// CHECK: %[[L:.*]] = weft.add %[[M]], %[[HALF]]
// CHECK: %[[H:.*]] = weft.min %[[L]], %[[ONE]]
// CHECK: %[[G:.*]] = weft.max %[[H]], %[[ZERO]]
// CHECK: weft.mul %arg0, %[[G]]
// CHECK-NEXT: return
func.func @hard_swish_f32_divided_last(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %three = weft.constant dense<3.0> : tensor<1x1xf32>
  %zero = weft.constant dense<0.0> : tensor<1x1xf32>
  %six = weft.constant dense<6.0> : tensor<1x1xf32>
  %a = weft.add %x, %three : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %m = weft.max %a, %zero : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %c = weft.min %m, %six : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %p = weft.mul %x, %c : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %y = weft.div %p, %six : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// clip(x + 3, 0, 6) * 0.1667, minimum first.
// CHECK-LABEL: func.func @hard_sigmoid_f32_multiplied(
// CHECK: weft.min
// CHECK-NEXT: %[[G:.*]] = weft.max
// CHECK-NEXT: return %[[G]]
func.func @hard_sigmoid_f32_multiplied(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %three = weft.constant dense<3.0> : tensor<1x1xf32>
  %zero = weft.constant dense<0.0> : tensor<1x1xf32>
  %six = weft.constant dense<6.0> : tensor<1x1xf32>
  %sixth = weft.constant dense<0.16667> : tensor<1x1xf32>
  %a = weft.add %x, %three : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %m = weft.min %a, %six : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %c = weft.max %m, %zero : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %y = weft.mul %c, %sixth : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// A clip to [0, 1] is what the importer builds.
// CHECK-LABEL: func.func @no_recognize_when_clip_ends_at_one(
// CHECK: weft.max
// CHECK-NEXT: weft.min
// CHECK-NEXT: return
func.func @no_recognize_when_clip_ends_at_one(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %zero = weft.constant dense<0.0> : tensor<1x1xf32>
  %one = weft.constant dense<1.0> : tensor<1x1xf32>
  %m = weft.max %x, %zero : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %y = weft.min %m, %one : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// relu6 of something else times x is no hard swish.
// CHECK-LABEL: func.func @no_recognize_when_clip_is_of_another_value(
// CHECK: weft.max
// CHECK-NEXT: weft.min
// CHECK-NEXT: weft.mul
// CHECK-NEXT: weft.div
func.func @no_recognize_when_clip_is_of_another_value(%x: tensor<4x16xf32>, %z: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %three = weft.constant dense<3.0> : tensor<1x1xf32>
  %zero = weft.constant dense<0.0> : tensor<1x1xf32>
  %six = weft.constant dense<6.0> : tensor<1x1xf32>
  %a = weft.add %z, %three : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %m = weft.max %a, %zero : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %c = weft.min %m, %six : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %p = weft.mul %x, %c : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %y = weft.div %p, %six : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// log(1 + exp(x)) overflows where max(x, 0) + log1p(exp(-|x|)) does not.
// CHECK-LABEL: func.func @softplus_f32_log_of_sum(
// CHECK: %[[A:.*]] = weft.abs %arg0
// CHECK-NEXT: %[[N:.*]] = weft.neg %[[A]]
// CHECK-NEXT: %[[E:.*]] = weft.exp %[[N]]
// CHECK-NEXT: %[[S:.*]] = weft.log1p %[[E]]
// CHECK: %[[L:.*]] = weft.max %arg0
// CHECK-NEXT: weft.add %[[L]], %[[S]]
func.func @softplus_f32_log_of_sum(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %one = weft.constant dense<1.0> : tensor<1x1xf32>
  %e = weft.exp %x : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %a = weft.add %one, %e : (tensor<1x1xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  %y = weft.log %a : (tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// With PyTorch's threshold.
// CHECK-LABEL: func.func @softplus_f32_threshold(
// CHECK: weft.log1p
// CHECK-NOT: weft.select
// CHECK: return
func.func @softplus_f32_threshold(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %one = weft.constant dense<1.0> : tensor<1x1xf32>
  %t = weft.constant dense<20.0> : tensor<1x1xf32>
  %e = weft.exp %x : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %a = weft.add %e, %one : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %l = weft.log %a : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %g = weft.compare gt %x, %t : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xi1>
  %y = weft.select %g, %x, %l : (tensor<4x16xi1>, tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// Above a threshold of 2, x is not yet softplus: the selection stays.
// CHECK-LABEL: func.func @no_recognize_when_threshold_is_low(
// CHECK: weft.select
func.func @no_recognize_when_threshold_is_low(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %one = weft.constant dense<1.0> : tensor<1x1xf32>
  %t = weft.constant dense<2.0> : tensor<1x1xf32>
  %e = weft.exp %x : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %a = weft.add %e, %one : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xf32>
  %l = weft.log %a : (tensor<4x16xf32>) -> tensor<4x16xf32>
  %g = weft.compare gt %x, %t : (tensor<4x16xf32>, tensor<1x1xf32>) -> tensor<4x16xi1>
  %y = weft.select %g, %x, %l : (tensor<4x16xi1>, tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}
