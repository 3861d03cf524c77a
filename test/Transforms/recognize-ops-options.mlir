// RUN: weft-opt %s --weft-recognize-ops="attention=grouped" --split-input-file | FileCheck %s
//
// attention=grouped leaves the products alone where no head is repeated.

// Two query heads per key head.
// CHECK-LABEL: func.func @attention_f32_grouped(
// CHECK: weft.attention
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

// One key head per query head.
// CHECK-LABEL: func.func @no_recognize_when_heads_are_not_grouped(
// CHECK-NOT: weft.attention
// CHECK: return
func.func @no_recognize_when_heads_are_not_grouped(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %s = weft.matmul %q, %k {transpose_rhs = true} : (tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x8xf32>
  %p = weft.softmax %s {axis = 3} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = weft.matmul %p, %v : (tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
  return %y : tensor<1x4x8x16xf32>
}
