// RUN: weft-opt %s --weft-recognize-ops --split-input-file | FileCheck %s
//
// Rotary embedding of adjacent pairs is found in its forms.

// Adjacent pairs as complex numbers.
// CHECK-LABEL: func.func @rope_f32_pairs(
// CHECK: weft.rope %{{.*}}, %{{.*}}, %{{.*}} {dims = 4 : i64, interleaved = true}
// CHECK-NEXT: return
func.func @rope_f32_pairs(%x: tensor<1x2x8x4xf32>, %c: tensor<1x1x8x2xf32>, %s: tensor<1x1x8x2xf32>) -> tensor<1x2x8x4xf32> {
  %zero = weft.constant dense<0> : tensor<i64>
  %one = weft.constant dense<1> : tensor<i64>
  %p = weft.reshape %x to [1, 2, 8, 2, 2] : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2x2xf32>
  %e = weft.gather %p, %zero {axis = 4} : (tensor<1x2x8x2x2xf32>, tensor<i64>) -> tensor<1x2x8x2xf32>
  %o = weft.gather %p, %one {axis = 4} : (tensor<1x2x8x2x2xf32>, tensor<i64>) -> tensor<1x2x8x2xf32>
  %ec = weft.mul %e, %c : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %os = weft.mul %o, %s : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %f = weft.sub %ec, %os : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %es = weft.mul %e, %s : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %oc = weft.mul %o, %c : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %g = weft.add %es, %oc : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %f1 = weft.reshape %f to [1, 2, 8, 2, 1] : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2x1xf32>
  %g1 = weft.reshape %g to [1, 2, 8, 2, 1] : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2x1xf32>
  %st = weft.concat %f1, %g1 {axis = 4} : (tensor<1x2x8x2x1xf32>, tensor<1x2x8x2x1xf32>) -> tensor<1x2x8x2x2xf32>
  %y = weft.reshape %st to [1, 2, 8, 4] : (tensor<1x2x8x2x2xf32>) -> tensor<1x2x8x4xf32>
  return %y : tensor<1x2x8x4xf32>
}

// -----

// Pairs as slices with stride 2.
// CHECK-LABEL: func.func @rope_f32_strided_pairs(
// CHECK: weft.rope %arg0, %{{.*}}, %{{.*}} {dims = 4 : i64, interleaved = true}
// CHECK-NEXT: return
func.func @rope_f32_strided_pairs(%x: tensor<1x2x8x4xf32>, %c: tensor<1x1x8x2xf32>, %s: tensor<1x1x8x2xf32>) -> tensor<1x2x8x4xf32> {
  %e = weft.slice %x [0, 0, 0, 0] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 2>} : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2xf32>
  %o = weft.slice %x [0, 0, 0, 1] [1, 2, 8, 2] {strides = array<i64: 1, 1, 1, 2>} : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2xf32>
  %ec = weft.mul %e, %c : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %os = weft.mul %o, %s : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %f = weft.sub %ec, %os : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %es = weft.mul %e, %s : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %oc = weft.mul %o, %c : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %g = weft.add %es, %oc : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %f1 = weft.reshape %f to [1, 2, 8, 2, 1] : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2x1xf32>
  %g1 = weft.reshape %g to [1, 2, 8, 2, 1] : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2x1xf32>
  %st = weft.concat %f1, %g1 {axis = 4} : (tensor<1x2x8x2x1xf32>, tensor<1x2x8x2x1xf32>) -> tensor<1x2x8x2x2xf32>
  %y = weft.reshape %st to [1, 2, 8, 4] : (tensor<1x2x8x2x2xf32>) -> tensor<1x2x8x4xf32>
  return %y : tensor<1x2x8x4xf32>
}

// -----

// A sum in the first of a pair is no rotation.
// CHECK-LABEL: func.func @no_recognize_when_pair_is_not_rotated(
// CHECK-NOT: weft.rope
// CHECK: return
func.func @no_recognize_when_pair_is_not_rotated(%x: tensor<1x2x8x4xf32>, %c: tensor<1x1x8x2xf32>, %s: tensor<1x1x8x2xf32>) -> tensor<1x2x8x4xf32> {
  %zero = weft.constant dense<0> : tensor<i64>
  %one = weft.constant dense<1> : tensor<i64>
  %p = weft.reshape %x to [1, 2, 8, 2, 2] : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2x2xf32>
  %e = weft.gather %p, %zero {axis = 4} : (tensor<1x2x8x2x2xf32>, tensor<i64>) -> tensor<1x2x8x2xf32>
  %o = weft.gather %p, %one {axis = 4} : (tensor<1x2x8x2x2xf32>, tensor<i64>) -> tensor<1x2x8x2xf32>
  %ec = weft.mul %e, %c : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %os = weft.mul %o, %s : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %f = weft.max %ec, %os : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %es = weft.mul %e, %s : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %oc = weft.mul %o, %c : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %g = weft.add %es, %oc : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %f1 = weft.reshape %f to [1, 2, 8, 2, 1] : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2x1xf32>
  %g1 = weft.reshape %g to [1, 2, 8, 2, 1] : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2x1xf32>
  %st = weft.concat %f1, %g1 {axis = 4} : (tensor<1x2x8x2x1xf32>, tensor<1x2x8x2x1xf32>) -> tensor<1x2x8x2x2xf32>
  %y = weft.reshape %st to [1, 2, 8, 4] : (tensor<1x2x8x2x2xf32>) -> tensor<1x2x8x4xf32>
  return %y : tensor<1x2x8x4xf32>
}

// -----

// Both of a pair are the even entry.
// CHECK-LABEL: func.func @no_recognize_when_places_are_equal(
// CHECK-NOT: weft.rope
// CHECK: return
func.func @no_recognize_when_places_are_equal(%x: tensor<1x2x8x4xf32>, %c: tensor<1x1x8x2xf32>, %s: tensor<1x1x8x2xf32>) -> tensor<1x2x8x4xf32> {
  %zero = weft.constant dense<0> : tensor<i64>
  %one = weft.constant dense<0> : tensor<i64>
  %p = weft.reshape %x to [1, 2, 8, 2, 2] : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2x2xf32>
  %e = weft.gather %p, %zero {axis = 4} : (tensor<1x2x8x2x2xf32>, tensor<i64>) -> tensor<1x2x8x2xf32>
  %o = weft.gather %p, %one {axis = 4} : (tensor<1x2x8x2x2xf32>, tensor<i64>) -> tensor<1x2x8x2xf32>
  %ec = weft.mul %e, %c : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %os = weft.mul %o, %s : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %f = weft.sub %ec, %os : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %es = weft.mul %e, %s : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %oc = weft.mul %o, %c : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %g = weft.add %es, %oc : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %f1 = weft.reshape %f to [1, 2, 8, 2, 1] : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2x1xf32>
  %g1 = weft.reshape %g to [1, 2, 8, 2, 1] : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2x1xf32>
  %st = weft.concat %f1, %g1 {axis = 4} : (tensor<1x2x8x2x1xf32>, tensor<1x2x8x2x1xf32>) -> tensor<1x2x8x2x2xf32>
  %y = weft.reshape %st to [1, 2, 8, 4] : (tensor<1x2x8x2x2xf32>) -> tensor<1x2x8x4xf32>
  return %y : tensor<1x2x8x4xf32>
}

// -----

// The second of a pair turns by another angle.
// CHECK-LABEL: func.func @no_recognize_when_tables_are_not_crossed(
// CHECK-NOT: weft.rope
// CHECK: return
func.func @no_recognize_when_tables_are_not_crossed(%x: tensor<1x2x8x4xf32>, %c: tensor<1x1x8x2xf32>, %s: tensor<1x1x8x2xf32>) -> tensor<1x2x8x4xf32> {
  %zero = weft.constant dense<0> : tensor<i64>
  %one = weft.constant dense<1> : tensor<i64>
  %p = weft.reshape %x to [1, 2, 8, 2, 2] : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2x2xf32>
  %e = weft.gather %p, %zero {axis = 4} : (tensor<1x2x8x2x2xf32>, tensor<i64>) -> tensor<1x2x8x2xf32>
  %o = weft.gather %p, %one {axis = 4} : (tensor<1x2x8x2x2xf32>, tensor<i64>) -> tensor<1x2x8x2xf32>
  %ec = weft.mul %e, %c : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %os = weft.mul %o, %s : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %f = weft.sub %ec, %os : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %es = weft.mul %e, %s : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %oc = weft.mul %o, %s : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %g = weft.add %es, %oc : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %f1 = weft.reshape %f to [1, 2, 8, 2, 1] : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2x1xf32>
  %g1 = weft.reshape %g to [1, 2, 8, 2, 1] : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2x1xf32>
  %st = weft.concat %f1, %g1 {axis = 4} : (tensor<1x2x8x2x1xf32>, tensor<1x2x8x2x1xf32>) -> tensor<1x2x8x2x2xf32>
  %y = weft.reshape %st to [1, 2, 8, 4] : (tensor<1x2x8x2x2xf32>) -> tensor<1x2x8x4xf32>
  return %y : tensor<1x2x8x4xf32>
}

// -----

// The stacked pairs are a result too.
// CHECK-LABEL: func.func @no_recognize_when_stacked_pairs_have_other_users(
// CHECK-NOT: weft.rope
// CHECK: return
func.func @no_recognize_when_stacked_pairs_have_other_users(%x: tensor<1x2x8x4xf32>, %c: tensor<1x1x8x2xf32>, %s: tensor<1x1x8x2xf32>) -> (tensor<1x2x8x4xf32>, tensor<1x2x8x2x2xf32>) {
  %zero = weft.constant dense<0> : tensor<i64>
  %one = weft.constant dense<1> : tensor<i64>
  %p = weft.reshape %x to [1, 2, 8, 2, 2] : (tensor<1x2x8x4xf32>) -> tensor<1x2x8x2x2xf32>
  %e = weft.gather %p, %zero {axis = 4} : (tensor<1x2x8x2x2xf32>, tensor<i64>) -> tensor<1x2x8x2xf32>
  %o = weft.gather %p, %one {axis = 4} : (tensor<1x2x8x2x2xf32>, tensor<i64>) -> tensor<1x2x8x2xf32>
  %ec = weft.mul %e, %c : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %os = weft.mul %o, %s : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %f = weft.sub %ec, %os : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %es = weft.mul %e, %s : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %oc = weft.mul %o, %c : (tensor<1x2x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x2x8x2xf32>
  %g = weft.add %es, %oc : (tensor<1x2x8x2xf32>, tensor<1x2x8x2xf32>) -> tensor<1x2x8x2xf32>
  %f1 = weft.reshape %f to [1, 2, 8, 2, 1] : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2x1xf32>
  %g1 = weft.reshape %g to [1, 2, 8, 2, 1] : (tensor<1x2x8x2xf32>) -> tensor<1x2x8x2x1xf32>
  %st = weft.concat %f1, %g1 {axis = 4} : (tensor<1x2x8x2x1xf32>, tensor<1x2x8x2x1xf32>) -> tensor<1x2x8x2x2xf32>
  %y = weft.reshape %st to [1, 2, 8, 4] : (tensor<1x2x8x2x2xf32>) -> tensor<1x2x8x4xf32>
  return %y, %st : tensor<1x2x8x4xf32>, tensor<1x2x8x2x2xf32>
}

// -----

// A head whose size only run time knows.
// CHECK-LABEL: func.func @no_recognize_when_head_size_is_unknown(
// CHECK-NOT: weft.rope
// CHECK: return
func.func @no_recognize_when_head_size_is_unknown(%p: tensor<1x2x8x?x2xf32, #weft.dims<1, 2, 8, h, 2>>, %c: tensor<1x1x8x?xf32, #weft.dims<1, 1, 8, h>>, %s: tensor<1x1x8x?xf32, #weft.dims<1, 1, 8, h>>, %h: index, %d: index) -> tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, 2 * h>> {
  %zero = weft.constant dense<0> : tensor<i64>
  %one = weft.constant dense<1> : tensor<i64>
  %e = weft.gather %p, %zero {axis = 4} : (tensor<1x2x8x?x2xf32, #weft.dims<1, 2, 8, h, 2>>, tensor<i64>) -> tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>
  %o = weft.gather %p, %one {axis = 4} : (tensor<1x2x8x?x2xf32, #weft.dims<1, 2, 8, h, 2>>, tensor<i64>) -> tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>
  %ec = weft.mul %e, %c : (tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>, tensor<1x1x8x?xf32, #weft.dims<1, 1, 8, h>>) -> tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>
  %os = weft.mul %o, %s : (tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>, tensor<1x1x8x?xf32, #weft.dims<1, 1, 8, h>>) -> tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>
  %f = weft.sub %ec, %os : (tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>, tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>) -> tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>
  %es = weft.mul %e, %s : (tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>, tensor<1x1x8x?xf32, #weft.dims<1, 1, 8, h>>) -> tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>
  %oc = weft.mul %o, %c : (tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>, tensor<1x1x8x?xf32, #weft.dims<1, 1, 8, h>>) -> tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>
  %g = weft.add %es, %oc : (tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>, tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>) -> tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>
  %f1 = weft.reshape %f to [1, 2, 8, %h, 1] : (tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>, index) -> tensor<1x2x8x?x1xf32, #weft.dims<1, 2, 8, h, 1>>
  %g1 = weft.reshape %g to [1, 2, 8, %h, 1] : (tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, h>>, index) -> tensor<1x2x8x?x1xf32, #weft.dims<1, 2, 8, h, 1>>
  %st = weft.concat %f1, %g1 {axis = 4} : (tensor<1x2x8x?x1xf32, #weft.dims<1, 2, 8, h, 1>>, tensor<1x2x8x?x1xf32, #weft.dims<1, 2, 8, h, 1>>) -> tensor<1x2x8x?x2xf32, #weft.dims<1, 2, 8, h, 2>>
  %y = weft.reshape %st to [1, 2, 8, %d] : (tensor<1x2x8x?x2xf32, #weft.dims<1, 2, 8, h, 2>>, index) -> tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, 2 * h>>
  return %y : tensor<1x2x8x?xf32, #weft.dims<1, 2, 8, 2 * h>>
}

// -----

// The stacked pairs have a batch that no operand is known to have.
// CHECK-LABEL: func.func @no_recognize_when_batch_is_dim_of_no_operand(
// CHECK-NOT: weft.rope
// CHECK: return
func.func @no_recognize_when_batch_is_dim_of_no_operand(%x: tensor<?x2x8x4xf32, #weft.dims<b, 2, 8, 4>>, %c: tensor<1x1x8x2xf32>, %s: tensor<1x1x8x2xf32>) -> tensor<?x2x8x4xf32, #weft.dims<k, 2, 8, 4>> {
  %n = weft.dim %x {axis = 0} : tensor<?x2x8x4xf32, #weft.dims<b, 2, 8, 4>>
  %e = weft.slice %x [0, 0, 0, 0] [%n, 2, 8, 2] {strides = array<i64: 1, 1, 1, 2>} : (tensor<?x2x8x4xf32, #weft.dims<b, 2, 8, 4>>, index) -> tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>
  %o = weft.slice %x [0, 0, 0, 1] [%n, 2, 8, 2] {strides = array<i64: 1, 1, 1, 2>} : (tensor<?x2x8x4xf32, #weft.dims<b, 2, 8, 4>>, index) -> tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>
  %ec = weft.mul %e, %c : (tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>, tensor<1x1x8x2xf32>) -> tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>
  %os = weft.mul %o, %s : (tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>, tensor<1x1x8x2xf32>) -> tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>
  %f = weft.sub %ec, %os : (tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>, tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>) -> tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>
  %es = weft.mul %e, %s : (tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>, tensor<1x1x8x2xf32>) -> tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>
  %oc = weft.mul %o, %c : (tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>, tensor<1x1x8x2xf32>) -> tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>
  %g = weft.add %es, %oc : (tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>, tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>) -> tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>
  %f1 = weft.reshape %f to [%n, 2, 8, 2, 1] : (tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>, index) -> tensor<?x2x8x2x1xf32, #weft.dims<k, 2, 8, 2, 1>>
  %g1 = weft.reshape %g to [%n, 2, 8, 2, 1] : (tensor<?x2x8x2xf32, #weft.dims<b, 2, 8, 2>>, index) -> tensor<?x2x8x2x1xf32, #weft.dims<k, 2, 8, 2, 1>>
  %st = weft.concat %f1, %g1 {axis = 4} : (tensor<?x2x8x2x1xf32, #weft.dims<k, 2, 8, 2, 1>>, tensor<?x2x8x2x1xf32, #weft.dims<k, 2, 8, 2, 1>>) -> tensor<?x2x8x2x2xf32, #weft.dims<k, 2, 8, 2, 2>>
  %y = weft.reshape %st to [%n, 2, 8, 4] : (tensor<?x2x8x2x2xf32, #weft.dims<k, 2, 8, 2, 2>>, index) -> tensor<?x2x8x4xf32, #weft.dims<k, 2, 8, 4>>
  return %y : tensor<?x2x8x4xf32, #weft.dims<k, 2, 8, 4>>
}
