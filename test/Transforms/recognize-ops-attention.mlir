// RUN: weft-opt %s --weft-recognize-ops --split-input-file | FileCheck %s
//
// Attention by parts is found with its scale, mask, soft cap and groups of heads.

// The scale's root on q and on k.
// CHECK-LABEL: func.func @attention_f32_scale_on_both(
// CHECK: weft.attention %arg0, %arg1, %arg2 {scale = 2.500000e-01 : f64}
func.func @attention_f32_scale_on_both(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %c = weft.constant dense<0.5> : tensor<1x1x1x1xf32>
  %qs = weft.mul %q, %c : (tensor<1x4x8x16xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x8x16xf32>
  %ks = weft.mul %k, %c : (tensor<1x4x8x16xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x8x16xf32>
  %s = weft.matmul %qs, %ks {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %s {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// Keys [B S H D] that one transpose brings to [B H D S].
// CHECK-LABEL: func.func @attention_f32_keys_turned_at_once(
// CHECK: %[[K:.*]] = weft.transpose %arg1 {perm = array<i64: 0, 2, 1, 3>}
// CHECK-NEXT: weft.attention %arg0, %[[K]], %arg2 {scale = 1.000000e+00 : f64}
func.func @attention_f32_keys_turned_at_once(%q: tensor<1x4x8x16xf32>, %k: tensor<1x8x4x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %t = weft.transpose %k {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x8x4x16xf32>) -> tensor<1x4x16x8xf32>
  %s = weft.matmul %q, %t : (tensor<1x4x8x16xf32>, tensor<1x4x16x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %s {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// A mask that is true where a key is visible; rows without any are 0.
// CHECK-LABEL: func.func @attention_f32_bool_mask(
// CHECK: weft.attention %arg0, %arg1, %arg2 mask %arg3 {scale = 1.000000e+00 : f64}
func.func @attention_f32_bool_mask(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>, %c: tensor<1x1x8x8xi1>) -> tensor<1x4x8x16xf32> {
  %h = weft.constant dense<0xFF800000> : tensor<1x1x1x1xf32>
  %z = weft.constant dense<0.0> : tensor<1x1x1x1xf32>
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %m = weft.select %c, %s, %h : (tensor<1x1x8x8xi1>, tensor<1x4x8x8xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %nan = weft.is_nan %p : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xi1>
  %w = weft.select %nan, %z, %p : (tensor<1x4x8x8xi1>, tensor<1x1x1x1xf32>, tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %w, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// A mask that is true where a key is hidden.
// CHECK-LABEL: func.func @attention_f32_masked_fill(
// CHECK: %[[N:.*]] = weft.not %arg3
// CHECK: weft.attention %arg0, %arg1, %arg2 mask %[[N]]
func.func @attention_f32_masked_fill(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>, %c: tensor<1x1x1x8xi1>) -> tensor<1x4x8x16xf32> {
  %h = weft.constant dense<-1.0e9> : tensor<1x1x1x1xf32>
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %m = weft.select %c, %h, %s : (tensor<1x1x1x8xi1>, tensor<1x1x1x1xf32>, tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// c tanh(s / c).
// CHECK-LABEL: func.func @attention_f32_softcap(
// CHECK: weft.attention %arg0, %arg1, %arg2 {scale = 2.500000e-01 : f64, softcap = 5.000000e+00 : f64}
func.func @attention_f32_softcap(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %c = weft.constant dense<5.0> : tensor<1x1x1x1xf32>
  %k8 = weft.constant dense<0.25> : tensor<1x1x1x1xf32>
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %a = weft.mul %s, %k8 : (tensor<1x4x8x8xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x8x8xf32>
  %b = weft.div %a, %c : (tensor<1x4x8x8xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x8x8xf32>
  %t = weft.tanh %b : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %m = weft.mul %t, %c : (tensor<1x4x8x8xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %m {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// Heads of k and v repeated for the query heads are read once each.
// CHECK-LABEL: func.func @attention_f32_grouped(
// CHECK-DAG: %[[K:.*]] = weft.reshape %{{.*}} to [1, 2, 8, 16] : (tensor<1x2x1x8x16xf32>)
// CHECK: weft.attention %arg0, %{{.*}}, %{{.*}} {scale = 1.000000e+00 : f64} : (tensor<1x4x8x16xf32>, tensor<1x2x8x16xf32>, tensor<1x2x8x16xf32>)
func.func @attention_f32_grouped(%q: tensor<1x4x8x16xf32>, %k: tensor<1x2x8x16xf32>, %v: tensor<1x2x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %k1 = weft.reshape %k to [1, 2, 1, 8, 16] : (tensor<1x2x8x16xf32>) -> tensor<1x2x1x8x16xf32>
  %k2 = weft.broadcast %k1 to [1, 2, 2, 8, 16] : (tensor<1x2x1x8x16xf32>) -> tensor<1x2x2x8x16xf32>
  %k3 = weft.reshape %k2 to [1, 4, 8, 16] : (tensor<1x2x2x8x16xf32>) -> tensor<1x4x8x16xf32>
  %v1 = weft.reshape %v to [1, 2, 1, 8, 16] : (tensor<1x2x8x16xf32>) -> tensor<1x2x1x8x16xf32>
  %v2 = weft.broadcast %v1 to [1, 2, 2, 8, 16] : (tensor<1x2x1x8x16xf32>) -> tensor<1x2x2x8x16xf32>
  %v3 = weft.reshape %v2 to [1, 4, 8, 16] : (tensor<1x2x2x8x16xf32>) -> tensor<1x4x8x16xf32>
  %s = weft.matmul %q, %k3 {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %s {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v3 : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// One key head for all query heads: what the products broadcast is one group.
// CHECK-LABEL: func.func @attention_f32_one_key_head(
// CHECK: weft.attention %arg0, %arg1, %arg2 {scale = 1.000000e+00 : f64}
func.func @attention_f32_one_key_head(%q: tensor<1x4x8x16xf32>, %k: tensor<1x1x8x16xf32>, %v: tensor<1x1x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x1x8x16xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %s {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x1x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}

// -----

// [B * H S D], as PyTorch's MultiheadAttention has it.
// CHECK-LABEL: func.func @attention_f32_rank_3(
// CHECK: weft.attention %{{.*}}, %{{.*}}, %{{.*}} mask %{{.*}} {scale = 1.000000e+00 : f64} : (tensor<4x1x8x16xf32>, tensor<4x1x8x16xf32>, tensor<4x1x8x16xf32>, tensor<1x1x8x8xf32>)
// CHECK-NEXT: weft.reshape %{{.*}} to [4, 8, 16]
func.func @attention_f32_rank_3(%q: tensor<4x8x16xf32>, %k: tensor<4x8x16xf32>, %v: tensor<4x8x16xf32>, %c: tensor<1x8x8xf32>) -> tensor<4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<4x8x16xf32>, tensor<4x8x16xf32>) -> tensor<4x8x8xf32>
  %m = weft.add %s, %c : (tensor<4x8x8xf32>, tensor<1x8x8xf32>) -> tensor<4x8x8xf32>
  %p = weft.softmax %m {axis = 2} : (tensor<4x8x8xf32>) -> tensor<4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<4x8x8xf32>, tensor<4x8x16xf32>) -> tensor<4x8x16xf32>
  return %y : tensor<4x8x16xf32>
}
