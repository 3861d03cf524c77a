// RUN: weft-opt %s --weft-recognize-ops --split-input-file | FileCheck %s
//
// Constant masks that hide what comes later become the causal attribute and a position.

// 0 up to the diagonal, a great negative number above.
// CHECK-LABEL: func.func @causal_f32_constant(
// CHECK: weft.attention %arg0, %arg1, %arg2 {causal = true, scale = 1.000000e+00 : f64}
func.func @causal_f32_constant(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %c = weft.constant dense<[[[[0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]]]> : tensor<1x1x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// Rows that see two more keys begin at position 2.
// CHECK-LABEL: func.func @causal_f32_constant_later(
// CHECK: %[[START:.*]] = weft.constant dense<2> : tensor<1xi64>
// CHECK: weft.attention %arg0, %arg1, %arg2 q_start %[[START]] {causal = true
func.func @causal_f32_constant_later(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %c = weft.constant dense<[[[[0.0, 0.0, 0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]]]> : tensor<1x1x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// What is added to visible scores is not 0.
// CHECK-LABEL: func.func @no_causal_when_visible_keys_have_a_bias(
// CHECK-NOT: causal = true
// CHECK: return
func.func @no_causal_when_visible_keys_have_a_bias(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %c = weft.constant dense<[[[[0.5, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.5, 0.5, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.5, 0.5, 0.5, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.5, 0.5, 0.5, 0.5, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.5, 0.5, 0.5, 0.5, 0.5, -3.0e38, -3.0e38, -3.0e38], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, -3.0e38, -3.0e38], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, -3.0e38], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]]]]> : tensor<1x1x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// A bias of -2 hides nothing.
// CHECK-LABEL: func.func @no_causal_when_hidden_score_is_not_low(
// CHECK-NOT: causal = true
// CHECK: return
func.func @no_causal_when_hidden_score_is_not_low(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %c = weft.constant dense<[[[[0.0, -2.0, -2.0, -2.0, -2.0, -2.0, -2.0, -2.0], [0.0, 0.0, -2.0, -2.0, -2.0, -2.0, -2.0, -2.0], [0.0, 0.0, 0.0, -2.0, -2.0, -2.0, -2.0, -2.0], [0.0, 0.0, 0.0, 0.0, -2.0, -2.0, -2.0, -2.0], [0.0, 0.0, 0.0, 0.0, 0.0, -2.0, -2.0, -2.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -2.0, -2.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -2.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]]]> : tensor<1x1x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// Row 0 sees no key: attention would make it 0.
// CHECK-LABEL: func.func @no_causal_when_first_row_sees_nothing(
// CHECK-NOT: causal = true
// CHECK: return
func.func @no_causal_when_first_row_sees_nothing(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %c = weft.constant dense<[[[[-3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -3.0e38]]]]> : tensor<1x1x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// One entry breaks the staircase.
// CHECK-LABEL: func.func @no_causal_when_rows_are_not_staggered(
// CHECK-NOT: causal = true
// CHECK: return
func.func @no_causal_when_rows_are_not_staggered(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %c = weft.constant dense<[[[[0.0, 0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]]]> : tensor<1x1x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// The sum of a causal mask and another is both.
// CHECK-LABEL: func.func @causal_f32_with_padding(
// CHECK: weft.attention %arg0, %arg1, %arg2 mask %arg3 {causal = true
func.func @causal_f32_with_padding(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>, %pad: tensor<1x1x1x8xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %t = weft.constant dense<[[[[0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, -3.0e38, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, -3.0e38, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -3.0e38, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -3.0e38], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]]]> : tensor<1x1x8x8xf32>
  %c = weft.add %t, %pad : (tensor<1x1x8x8xf32>, tensor<1x1x1x8xf32>) -> tensor<1x1x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}
