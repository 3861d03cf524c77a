// RUN: weft-opt %s --weft-infer-shapes --verify-shapes --split-input-file | FileCheck %s
//
// Sizes and names of dims reach every value; what nobody knows gets one name, shared by all that have that size.

// Static sizes and names flow from the arguments to the function's results.
// CHECK-LABEL: func.func @conv_dynamic_f32_named(
// CHECK-SAME: -> tensor<?x4x6x6xf32, #weft.dims<batch, 4, 6, 6>>
func.func @conv_dynamic_f32_named(%x: tensor<?x3x8x8xf32, #weft.dims<batch, 3, 8, 8>>, %w: tensor<4x3x3x3xf32>) -> tensor<?x?x?x?xf32> {
  %y = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<?x3x8x8xf32, #weft.dims<batch, 3, 8, 8>>, tensor<4x3x3x3xf32>) -> tensor<?x?x?x?xf32>
  return %y : tensor<?x?x?x?xf32>
}

// -----

// A dim that depends on data gets a fresh symbol.
// CHECK-LABEL: func.func @data_dependent_2d_i64_named(
// CHECK: weft.nonzero
// CHECK-SAME: -> tensor<2x?xi64, #weft.dims<2, [[SIZE:d[0-9]+]]>>
func.func @data_dependent_2d_i64_named(%x: tensor<3x4xf32>) -> tensor<2x?xi64> {
  %y = weft.nonzero %x : (tensor<3x4xf32>) -> tensor<2x?xi64>
  return %y : tensor<2x?xi64>
}

// -----

// Two tensors sized by one index value agree on the name.
// CHECK-LABEL: func.func @shared_index_1d_f32_one_name(
// CHECK: %[[A:.*]] = weft.iota [%{{.*}}]
// CHECK-SAME: #weft.dims<[[NAME:d[0-9]+]]>>
// CHECK: weft.dim %[[A]]
// CHECK: weft.add
// CHECK-SAME: -> tensor<?xf32, #weft.dims<[[NAME]]>>
func.func @shared_index_1d_f32_one_name(%n: index) -> tensor<?xf32> {
  %a = weft.iota [%n] {to = f32, axis = 0} : (index) -> tensor<?xf32>
  %b = weft.iota [%n] {to = f32, axis = 0} : (index) -> tensor<?xf32>
  %c = weft.add %a, %b : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %c : tensor<?xf32>
}

// -----

// A carried value that keeps its shape has it behind the loop too.
// CHECK-LABEL: func.func @loop_carried_f32_same_shape(
// CHECK-SAME: -> tensor<4xf32>
func.func @loop_carried_f32_same_shape(%x: tensor<4xf32>, %n: index) -> tensor<?xf32> {
  %y = weft.loop trip %n carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (index, tensor<4xf32>) -> tensor<?xf32> {
  ^bb0(%i: index, %c: tensor<?xf32>):
    %d = weft.exp %c : (tensor<?xf32>) -> tensor<?xf32>
    %t = weft.constant dense<true> : tensor<i1>
    weft.yield %t, %d : tensor<i1>, tensor<?xf32>
  }
  return %y : tensor<?xf32>
}

// -----

// A carried value that grows has a size that nobody knows behind the loop.
// CHECK-LABEL: func.func @no_static_size_when_carried_value_grows(
// CHECK-SAME: -> tensor<?xf32, #weft.dims<d{{[0-9]+}}>>
func.func @no_static_size_when_carried_value_grows(%x: tensor<4xf32>, %n: index) -> tensor<?xf32> {
  %y = weft.loop trip %n carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (index, tensor<4xf32>) -> tensor<?xf32> {
  ^bb0(%i: index, %c: tensor<?xf32>):
    %d = weft.concat %c, %c {axis = 0} : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
    %t = weft.constant dense<true> : tensor<i1>
    weft.yield %t, %d : tensor<i1>, tensor<?xf32>
  }
  return %y : tensor<?xf32>
}

// -----

// Branches of different sizes join to a fresh name, of equal ones to the size.
// CHECK-LABEL: func.func @if_f32_joined(
// CHECK-SAME: -> (tensor<4xf32>, tensor<?xf32, #weft.dims<d{{[0-9]+}}>>)
func.func @if_f32_joined(%c: tensor<i1>, %x: tensor<4xf32>, %z: tensor<5xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %a, %b = weft.if %c : (tensor<i1>) -> (tensor<?xf32>, tensor<?xf32>) {
    weft.yield %x, %x : tensor<4xf32>, tensor<4xf32>
  } else {
    weft.yield %x, %z : tensor<4xf32>, tensor<5xf32>
  }
  return %a, %b : tensor<?xf32>, tensor<?xf32>
}

// -----

// Each element of a sequence has its own sizes: names of dims stay outside, and what is taken out gets fresh ones.
// CHECK-LABEL: func.func @elements_without_names_f32(
// CHECK-SAME: !weft.seq<tensor<?x4xf32>>
// CHECK: weft.seq_get {{.*}} -> tensor<?x4xf32, #weft.dims<[[A:d[0-9]+]], 4>>
// CHECK: weft.seq_get {{.*}} -> tensor<?x4xf32, #weft.dims<[[B:d[0-9]+]], 4>>
// CHECK: weft.seq_insert {{.*}} -> !weft.seq<tensor<?x4xf32>>
// CHECK: weft.seq_insert {{.*}} -> !weft.seq<tensor<*xf32>>
func.func @elements_without_names_f32(%s: !weft.seq<tensor<?x4xf32, #weft.dims<n, 4>>>, %i: index, %v: tensor<7xf32>) -> !weft.seq<tensor<*xf32>> {
  %0 = weft.seq_get %s, %i : (!weft.seq<tensor<?x4xf32, #weft.dims<n, 4>>>, index) -> tensor<?x4xf32>
  %1 = weft.seq_get %s, %i : (!weft.seq<tensor<?x4xf32, #weft.dims<n, 4>>>, index) -> tensor<?x4xf32>
  %2 = weft.seq_insert %s, %0 : (!weft.seq<tensor<?x4xf32, #weft.dims<n, 4>>>, tensor<?x4xf32>) -> !weft.seq<tensor<?x4xf32>>
  %3 = weft.seq_insert %2, %v : (!weft.seq<tensor<?x4xf32>>, tensor<7xf32>) -> !weft.seq<tensor<*xf32>>
  return %3 : !weft.seq<tensor<*xf32>>
}
