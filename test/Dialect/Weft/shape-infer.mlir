// RUN: weft-opt %s --weft-infer-shapes | FileCheck %s
//
// Sizes and names of result dims follow from operands and index values.

// CHECK-LABEL: func.func @reshape_splits_named_dim(
// CHECK: weft.reshape {{.*}} -> tensor<?x?x32xf32, #weft.dims<b, s, 32>>
func.func @reshape_splits_named_dim(%x: tensor<?x?x32xf32, #weft.dims<b, s, 32>>) -> tensor<?x?x32xf32> {
  %b = weft.dim %x {axis = 0 : i64} : tensor<?x?x32xf32, #weft.dims<b, s, 32>>
  %s = weft.dim %x {axis = 1 : i64} : tensor<?x?x32xf32, #weft.dims<b, s, 32>>
  %y = weft.reshape %x to [%b, %s, 32] : (tensor<?x?x32xf32, #weft.dims<b, s, 32>>, index, index) -> tensor<?x?x32xf32>
  return %y : tensor<?x?x32xf32>
}

// The one size that nothing states follows from the number of elements.
// CHECK-LABEL: func.func @reshape_infers_one_size(
// CHECK: weft.reshape {{.*}} -> tensor<?x2xf32, #weft.dims<2 * n, 2>>
func.func @reshape_infers_one_size(%x: tensor<?x4xf32, #weft.dims<n, 4>>, %i: index) -> tensor<?x2xf32> {
  %y = weft.reshape %x to [%i, 2] : (tensor<?x4xf32, #weft.dims<n, 4>>, index) -> tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}

// CHECK-LABEL: func.func @concat_adds(
// CHECK: weft.concat {{.*}} -> tensor<?xf32, #weft.dims<past + seq>>
func.func @concat_adds(%a: tensor<?xf32, #weft.dims<past>>, %b: tensor<?xf32, #weft.dims<seq>>) -> tensor<?xf32> {
  %y = weft.concat %a, %b {axis = 0 : i64} : (tensor<?xf32, #weft.dims<past>>, tensor<?xf32, #weft.dims<seq>>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// CHECK-LABEL: func.func @transpose_and_pad(
// CHECK: weft.transpose {{.*}} -> tensor<4x?xf32, #weft.dims<4, n>>
// CHECK: weft.pad {{.*}} -> tensor<5x?xf32, #weft.dims<5, n + 3>>
func.func @transpose_and_pad(%x: tensor<?x4xf32, #weft.dims<n, 4>>, %v: tensor<f32>) -> tensor<?x?xf32> {
  %0 = weft.transpose %x {perm = array<i64: 1, 0>} : (tensor<?x4xf32, #weft.dims<n, 4>>) -> tensor<?x?xf32>
  %1 = weft.pad %0 value %v lo [1, 1] hi [0, 2] : (tensor<?x?xf32>, tensor<f32>) -> tensor<?x?xf32>
  return %1 : tensor<?x?xf32>
}

// Index arithmetic on sizes is a size.
// CHECK-LABEL: func.func @slice_of_half(
// CHECK: weft.slice {{.*}} -> tensor<?xf32, #weft.dims<floordiv(n, 2)>>
func.func @slice_of_half(%x: tensor<?xf32, #weft.dims<n>>) -> tensor<?xf32> {
  %n = weft.dim %x {axis = 0 : i64} : tensor<?xf32, #weft.dims<n>>
  %two = arith.constant 2 : index
  %half = arith.divsi %n, %two : index
  %y = weft.slice %x [0] [%half] {strides = array<i64: 1>} : (tensor<?xf32, #weft.dims<n>>, index) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
