// RUN: weft-opt %s --weft-recognize-ops --split-input-file | FileCheck %s
//
// Rotary embedding of halves is found where both halves of each table are known to be the same.

// x cos + concat(-upper, lower) sin: the op reads one half of each table.
// CHECK-LABEL: func.func @rope_bhsd_f32_halves(
// CHECK: weft.rope %arg0, %{{.*}}, %{{.*}} {dims = 4 : i64} : (tensor<1x2x8x4xf32>, tensor<1x8x2xf32>, tensor<1x8x2xf32>)
// CHECK-NEXT: return
func.func @rope_bhsd_f32_halves(%x: tensor<1x2x8x4xf32>, %c1: tensor<1x1x8x2xf32>, %s1: tensor<1x1x8x2xf32>) -> tensor<1x2x8x4xf32> {
  %c2 = weft.concat %c1, %c1 {axis = 3} : (tensor<1x1x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x1x8x4xf32>
  %s2 = weft.concat %s1, %s1 {axis = 3} : (tensor<1x1x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x1x8x4xf32>
  %u = weft.slice %x [0, 0, 0, 2] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2xf32>
  %l = weft.slice %x [0, 0, 0, 0] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2xf32>
  %n = weft.neg %u : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %r = weft.concat %n, %l {axis = 3} : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x4xf32>
  %a = weft.mul %x, %c2 : (tensor<1x2x8x4xf32>, tensor<1x1x8x4xf32>) -> tensor<1x2x8x4xf32>
  %b = weft.mul %r, %s2 : (tensor<1x2x8x4xf32>, tensor<1x1x8x4xf32>) -> tensor<1x2x8x4xf32>
  %y = weft.add %a, %b : (tensor<1x2x8x4xf32>, tensor<1x2x8x4xf32>) -> tensor<1x2x8x4xf32>
  return %y : tensor<1x2x8x4xf32>
}

// -----

// Heads behind positions.
// CHECK-LABEL: func.func @rope_bshd_f32_halves(
// CHECK: weft.rope %arg0, %{{.*}}, %{{.*}} {dims = 4 : i64, layout = #weft.head_layout<bshd>}
func.func @rope_bshd_f32_halves(%x: tensor<1x2x8x4xf32>, %c: tensor<2x1x4xf32>) -> tensor<1x2x8x4xf32> {
  %c1 = weft.constant dense<[[[[1.0, 0.5, 1.0, 0.5]], [[2.0, 0.5, 2.0, 0.5]]]]> : tensor<1x2x1x4xf32>
  %u = weft.slice %x [0, 0, 0, 2] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2xf32>
  %l = weft.slice %x [0, 0, 0, 0] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2xf32>
  %n = weft.neg %u : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %r = weft.concat %n, %l {axis = 3} : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x4xf32>
  %a = weft.mul %x, %c1 : (tensor<1x2x8x4xf32>, tensor<1x2x1x4xf32>) -> tensor<1x2x8x4xf32>
  %b = weft.mul %r, %c1 : (tensor<1x2x8x4xf32>, tensor<1x2x1x4xf32>) -> tensor<1x2x8x4xf32>
  %y = weft.add %a, %b : (tensor<1x2x8x4xf32>, tensor<1x2x8x4xf32>) -> tensor<1x2x8x4xf32>
  return %y : tensor<1x2x8x4xf32>
}

// -----

// Tables whose halves may differ turn the halves by different angles.
// CHECK-LABEL: func.func @no_recognize_when_table_halves_may_differ(
// CHECK-NOT: weft.rope
// CHECK: return
func.func @no_recognize_when_table_halves_may_differ(%x: tensor<1x2x8x4xf32>, %c: tensor<1x1x8x4xf32>, %s: tensor<1x1x8x4xf32>) -> tensor<1x2x8x4xf32> {
  %u = weft.slice %x [0, 0, 0, 2] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2xf32>
  %l = weft.slice %x [0, 0, 0, 0] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2xf32>
  %n = weft.neg %u : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %r = weft.concat %n, %l {axis = 3} : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x4xf32>
  %a = weft.mul %x, %c : (tensor<1x2x8x4xf32>, tensor<1x1x8x4xf32>) -> tensor<1x2x8x4xf32>
  %b = weft.mul %r, %s : (tensor<1x2x8x4xf32>, tensor<1x1x8x4xf32>) -> tensor<1x2x8x4xf32>
  %y = weft.add %a, %b : (tensor<1x2x8x4xf32>, tensor<1x2x8x4xf32>) -> tensor<1x2x8x4xf32>
  return %y : tensor<1x2x8x4xf32>
}

// -----

// Without the minus it is a reflection.
// CHECK-LABEL: func.func @no_recognize_when_half_is_not_negated(
// CHECK-NOT: weft.rope
// CHECK: return
func.func @no_recognize_when_half_is_not_negated(%x: tensor<1x2x8x4xf32>, %c1: tensor<1x1x8x2xf32>, %s1: tensor<1x1x8x2xf32>) -> tensor<1x2x8x4xf32> {
  %c2 = weft.concat %c1, %c1 {axis = 3} : (tensor<1x1x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x1x8x4xf32>
  %s2 = weft.concat %s1, %s1 {axis = 3} : (tensor<1x1x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x1x8x4xf32>
  %u = weft.slice %x [0, 0, 0, 2] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2xf32>
  %l = weft.slice %x [0, 0, 0, 0] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2xf32>
  %n = weft.abs %u : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %r = weft.concat %n, %l {axis = 3} : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x4xf32>
  %a = weft.mul %x, %c2 : (tensor<1x2x8x4xf32>, tensor<1x1x8x4xf32>) -> tensor<1x2x8x4xf32>
  %b = weft.mul %r, %s2 : (tensor<1x2x8x4xf32>, tensor<1x1x8x4xf32>) -> tensor<1x2x8x4xf32>
  %y = weft.add %a, %b : (tensor<1x2x8x4xf32>, tensor<1x2x8x4xf32>) -> tensor<1x2x8x4xf32>
  return %y : tensor<1x2x8x4xf32>
}

// -----

// One half comes twice.
// CHECK-LABEL: func.func @no_recognize_when_halves_are_not_exchanged(
// CHECK-NOT: weft.rope
// CHECK: return
func.func @no_recognize_when_halves_are_not_exchanged(%x: tensor<1x2x8x4xf32>, %c1: tensor<1x1x8x2xf32>, %s1: tensor<1x1x8x2xf32>) -> tensor<1x2x8x4xf32> {
  %c2 = weft.concat %c1, %c1 {axis = 3} : (tensor<1x1x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x1x8x4xf32>
  %s2 = weft.concat %s1, %s1 {axis = 3} : (tensor<1x1x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x1x8x4xf32>
  %u = weft.slice %x [0, 0, 0, 0] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2xf32>
  %l = weft.slice %x [0, 0, 0, 0] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2xf32>
  %n = weft.neg %u : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %r = weft.concat %n, %l {axis = 3} : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x4xf32>
  %a = weft.mul %x, %c2 : (tensor<1x2x8x4xf32>, tensor<1x1x8x4xf32>) -> tensor<1x2x8x4xf32>
  %b = weft.mul %r, %s2 : (tensor<1x2x8x4xf32>, tensor<1x1x8x4xf32>) -> tensor<1x2x8x4xf32>
  %y = weft.add %a, %b : (tensor<1x2x8x4xf32>, tensor<1x2x8x4xf32>) -> tensor<1x2x8x4xf32>
  return %y : tensor<1x2x8x4xf32>
}

// -----

// A table that differs by head.
// CHECK-LABEL: func.func @no_recognize_when_table_has_heads(
// CHECK-NOT: weft.rope
// CHECK: return
func.func @no_recognize_when_table_has_heads(%x: tensor<1x2x8x4xf32>, %c1: tensor<1x2x8x2xf32>) -> tensor<1x2x8x4xf32> {
  %c2 = weft.concat %c1, %c1 {axis = 3} : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x4xf32>
  %u = weft.slice %x [0, 0, 0, 2] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2xf32>
  %l = weft.slice %x [0, 0, 0, 0] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2xf32>
  %n = weft.neg %u : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %r = weft.concat %n, %l {axis = 3} : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x4xf32>
  %a = weft.mul %x, %c2 : (tensor<1x2x8x4xf32>, tensor<1x2x8x4xf32>) -> tensor<1x2x8x4xf32>
  %b = weft.mul %r, %c2 : (tensor<1x2x8x4xf32>, tensor<1x2x8x4xf32>) -> tensor<1x2x8x4xf32>
  %y = weft.add %a, %b : (tensor<1x2x8x4xf32>, tensor<1x2x8x4xf32>) -> tensor<1x2x8x4xf32>
  return %y : tensor<1x2x8x4xf32>
}

// -----

// Only the first 4 of 6 dims turn; slices of slices were joined before.
// CHECK-LABEL: func.func @rope_f32_partial(
// CHECK: %[[Y:.*]] = weft.rope %arg0, %{{.*}}, %{{.*}} {dims = 4 : i64} : (tensor<1x2x8x6xf32>
// CHECK-NEXT: return %[[Y]]
func.func @rope_f32_partial(%w: tensor<1x2x8x6xf32>, %c1: tensor<1x1x8x2xf32>, %s1: tensor<1x1x8x2xf32>) -> tensor<1x2x8x6xf32> {
  %c2 = weft.concat %c1, %c1 {axis = 3} : (tensor<1x1x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x1x8x4xf32>
  %s2 = weft.concat %s1, %s1 {axis = 3} : (tensor<1x1x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x1x8x4xf32>
  %x = weft.slice %w [0, 0, 0, 0] [1, 2, 8, 4] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x6xf32>) -> tensor<1x2x8x4xf32>
  %u = weft.slice %w [0, 0, 0, 2] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x6xf32>) -> tensor<1x2x8x2xf32>
  %l = weft.slice %w [0, 0, 0, 0] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x6xf32>) -> tensor<1x2x8x2xf32>
  %n = weft.neg %u : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %r = weft.concat %n, %l {axis = 3} : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x4xf32>
  %a = weft.mul %x, %c2 : (tensor<1x2x8x4xf32>, tensor<1x1x8x4xf32>) -> tensor<1x2x8x4xf32>
  %b = weft.mul %r, %s2 : (tensor<1x2x8x4xf32>, tensor<1x1x8x4xf32>) -> tensor<1x2x8x4xf32>
  %y = weft.add %a, %b : (tensor<1x2x8x4xf32>, tensor<1x2x8x4xf32>) -> tensor<1x2x8x4xf32>
  %rest = weft.slice %w [0, 0, 0, 4] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x6xf32>) -> tensor<1x2x8x2xf32>
  %z = weft.concat %y, %rest {axis = 3} : (tensor<1x2x8x4xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x6xf32>
  return %z : tensor<1x2x8x6xf32>
}

// -----

// Dims 3 and 4 come behind, not 4 and 5.
// CHECK-LABEL: func.func @no_recognize_when_rest_comes_from_elsewhere(
// CHECK: weft.rope %{{.*}} {dims = 4 : i64} : (tensor<1x2x8x4xf32>
// CHECK: weft.concat
func.func @no_recognize_when_rest_comes_from_elsewhere(%w: tensor<1x2x8x6xf32>, %c: tensor<1x8x2xf32>) -> tensor<1x2x8x6xf32> {
  %x = weft.slice %w [0, 0, 0, 0] [1, 2, 8, 4] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x6xf32>) -> tensor<1x2x8x4xf32>
  %y = weft.rope %x, %c, %c {dims = 4} : (tensor<1x2x8x4xf32>, tensor<1x8x2xf32>, tensor<1x8x2xf32>) -> tensor<1x2x8x4xf32>
  %rest = weft.slice %w [0, 0, 0, 3] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x6xf32>) -> tensor<1x2x8x2xf32>
  %z = weft.concat %y, %rest {axis = 3} : (tensor<1x2x8x4xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x6xf32>
  return %z : tensor<1x2x8x6xf32>
}

// -----

// The rotated dims are a result of their own.
// CHECK-LABEL: func.func @no_recognize_when_rotated_dims_have_other_users(
// CHECK: weft.rope %{{.*}} {dims = 4 : i64} : (tensor<1x2x8x4xf32>
// CHECK: weft.concat
func.func @no_recognize_when_rotated_dims_have_other_users(%w: tensor<1x2x8x6xf32>, %c: tensor<1x8x2xf32>) -> (tensor<1x2x8x6xf32>, tensor<1x2x8x4xf32>) {
  %x = weft.slice %w [0, 0, 0, 0] [1, 2, 8, 4] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x6xf32>) -> tensor<1x2x8x4xf32>
  %y = weft.rope %x, %c, %c {dims = 4} : (tensor<1x2x8x4xf32>, tensor<1x8x2xf32>, tensor<1x8x2xf32>) -> tensor<1x2x8x4xf32>
  %rest = weft.slice %w [0, 0, 0, 4] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x6xf32>) -> tensor<1x2x8x2xf32>
  %z = weft.concat %y, %rest {axis = 3} : (tensor<1x2x8x4xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x6xf32>
  return %z, %y : tensor<1x2x8x6xf32>, tensor<1x2x8x4xf32>
}
