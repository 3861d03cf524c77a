// RUN: weft-opt %s --weft-recognize-ops --split-input-file | FileCheck %s
//
// What only looks like attention is left alone.

// One set of keys for all samples.
// CHECK-LABEL: func.func @no_recognize_when_product_broadcasts_batch(
// CHECK-NOT: weft.attention
// CHECK: return
func.func @no_recognize_when_product_broadcasts_batch(%q: tensor<2x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<2x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<2x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<2x4x8x8xf32>
  %p = weft.softmax %s {axis = 3} : (tensor<2x4x8x8xf32>) -> tensor<2x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<2x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<2x4x8x16xf32>
  return %y : tensor<2x4x8x16xf32>
}

// -----

// Attention groups the heads of k and v alike.
// CHECK-LABEL: func.func @no_recognize_when_product_broadcasts_heads_of_k_only(
// CHECK-NOT: weft.attention
// CHECK: return
func.func @no_recognize_when_product_broadcasts_heads_of_k_only(%q: tensor<1x4x8x16xf32>, %k: tensor<1x1x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x1x8x16xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %s {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// Heads 0 1 0 1 are no groups of equal heads: the copies are kept.
// CHECK-LABEL: func.func @no_group_when_heads_alternate(
// CHECK-COUNT-2: weft.broadcast
// CHECK: weft.attention %arg0, %{{.*}} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>)
func.func @no_group_when_heads_alternate(%q: tensor<1x4x8x16xf32>, %k: tensor<1x2x8x16xf32>, %v: tensor<1x2x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %k1 = weft.reshape %k to [1, 1, 2, 8, 16] : (tensor<1x2x8x16xf32>) -> tensor<1x1x2x8x16xf32>
  %k2 = weft.broadcast %k1 to [1, 2, 2, 8, 16] : (tensor<1x1x2x8x16xf32>) -> tensor<1x2x2x8x16xf32>
  %k3 = weft.reshape %k2 to [1, 4, 8, 16] : (tensor<1x2x2x8x16xf32>) -> tensor<1x4x8x16xf32>
  %v1 = weft.reshape %v to [1, 1, 2, 8, 16] : (tensor<1x2x8x16xf32>) -> tensor<1x1x2x8x16xf32>
  %v2 = weft.broadcast %v1 to [1, 2, 2, 8, 16] : (tensor<1x1x2x8x16xf32>) -> tensor<1x2x2x8x16xf32>
  %v3 = weft.reshape %v2 to [1, 4, 8, 16] : (tensor<1x2x2x8x16xf32>) -> tensor<1x4x8x16xf32>
  %s = weft.matmul %q, %k3 {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %s {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v3 : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// Weights along the rows.
// CHECK-LABEL: func.func @no_recognize_when_softmax_is_along_rows(
// CHECK-NOT: weft.attention
// CHECK: return
func.func @no_recognize_when_softmax_is_along_rows(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %s {axis = 2} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// v has values before keys: it would have to be moved.
// CHECK-LABEL: func.func @no_recognize_when_values_are_turned(
// CHECK-NOT: weft.attention
// CHECK: return
func.func @no_recognize_when_values_are_turned(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x16x8xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %s {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v {transpose_rhs = true} : (tensor<1x4x8x8xf32>, tensor<1x4x16x8xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// k is stored as [B H D S]: it would have to be moved.
// CHECK-LABEL: func.func @no_recognize_when_keys_are_behind_dims(
// CHECK-NOT: weft.attention
// CHECK: return
func.func @no_recognize_when_keys_are_behind_dims(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x16x8xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k : (tensor<1x4x8x16xf32>, tensor<1x4x16x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %s {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// The weights are a result too.
// CHECK-LABEL: func.func @no_recognize_when_weights_have_other_users(
// CHECK-NOT: weft.attention
// CHECK: return
func.func @no_recognize_when_weights_have_other_users(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> (tensor<1x4x8x16xf32>, tensor<1x4x8x8xf32>) {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %s {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y, %p : tensor<1x4x8x16xf32>, tensor<1x4x8x8xf32>
}

// -----

// A bias and a mask: attention takes one of the two.
// CHECK-LABEL: func.func @no_recognize_when_two_masks_are_not_causal(
// CHECK-NOT: weft.attention
// CHECK: return
func.func @no_recognize_when_two_masks_are_not_causal(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>, %b: tensor<1x1x8x8xf32>, %c: tensor<1x1x8x8xi1>) -> tensor<1x4x8x16xf32> {
  %h = weft.constant dense<-1.0e9> : tensor<1x1x1x1xf32>
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %a = weft.add %s, %b : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %m = weft.select %c, %a, %h : (tensor<1x1x8x8xi1>, tensor<1x4x8x8xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// A score of -1 has weight.
// CHECK-LABEL: func.func @no_recognize_when_hidden_score_is_not_low(
// CHECK-NOT: weft.attention
// CHECK: return
func.func @no_recognize_when_hidden_score_is_not_low(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>, %c: tensor<1x1x8x8xi1>) -> tensor<1x4x8x16xf32> {
  %h = weft.constant dense<-1.0> : tensor<1x1x1x1xf32>
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %m = weft.select %c, %s, %h : (tensor<1x1x8x8xi1>, tensor<1x4x8x8xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// Weights put to 0 by another condition, as dropout does.
// CHECK-LABEL: func.func @no_recognize_when_select_is_not_of_nan(
// CHECK-NOT: weft.attention
// CHECK: return
func.func @no_recognize_when_select_is_not_of_nan(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>, %c: tensor<1x4x8x8xi1>) -> tensor<1x4x8x16xf32> {
  %z = weft.constant dense<0.0> : tensor<1x1x1x1xf32>
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %s {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %w = weft.select %c, %z, %p : (tensor<1x4x8x8xi1>, tensor<1x1x1x1xf32>, tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %w, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// Masks of two samples over one set of scores.
// CHECK-LABEL: func.func @no_recognize_when_mask_is_wider_than_scores(
// CHECK-NOT: weft.attention
// CHECK: return
func.func @no_recognize_when_mask_is_wider_than_scores(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>, %c: tensor<2x1x8x8xf32>) -> tensor<2x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<2x1x8x8xf32>) -> tensor<2x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<2x4x8x8xf32>) -> tensor<2x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<2x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<2x4x8x16xf32>
  return %y : tensor<2x4x8x16xf32>
}

// -----

// The mask is scaled as well.
// CHECK-LABEL: func.func @no_recognize_when_scale_is_outside_of_mask(
// CHECK-NOT: weft.attention
// CHECK: return
func.func @no_recognize_when_scale_is_outside_of_mask(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>, %c: tensor<1x1x8x8xf32>) -> tensor<1x4x8x16xf32> {
  %c8 = weft.constant dense<0.25> : tensor<1x1x1x1xf32>
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %a = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x8xf32>) -> tensor<1x4x8x8xf32>
  %m = weft.mul %a, %c8 : (tensor<1x4x8x8xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// f16 operands give f32 scores.
// CHECK-LABEL: func.func @no_recognize_when_result_is_wider_than_q(
// CHECK-NOT: weft.attention
// CHECK: return
func.func @no_recognize_when_result_is_wider_than_q(%q: tensor<1x4x8x16xf16>, %k: tensor<1x4x8x16xf16>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf16>, tensor<1x4x8x16xf16>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %s {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// Only the run knows whether the mask has a column for each key, or one for all.
// CHECK-LABEL: func.func @no_recognize_when_mask_may_be_of_another_size(
// CHECK-NOT: weft.attention
// CHECK: return
func.func @no_recognize_when_mask_may_be_of_another_size(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>, %c: tensor<1x1x8x?xf32, #weft.dims<1, 1, 8, m>>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %m = weft.add %s, %c : (tensor<1x4x8x8xf32>, tensor<1x1x8x?xf32, #weft.dims<1, 1, 8, m>>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}
