// RUN: weft-opt %s --canonicalize | FileCheck %s
//
// Views of views are one view; views that do nothing vanish; sizes that are known are static.

// CHECK-LABEL: func.func @reshape_of_reshape(
// CHECK-NEXT: %[[Y:.*]] = weft.reshape %arg0 to [8]
// CHECK-NEXT: return %[[Y]]
func.func @reshape_of_reshape(%x: tensor<2x4xf32>) -> tensor<8xf32> {
  %0 = weft.reshape %x to [4, 2] : (tensor<2x4xf32>) -> tensor<4x2xf32>
  %1 = weft.reshape %0 to [8] : (tensor<4x2xf32>) -> tensor<8xf32>
  return %1 : tensor<8xf32>
}

// CHECK-LABEL: func.func @reshape_to_itself(
// CHECK-NEXT: return %arg0
func.func @reshape_to_itself(%x: tensor<?x4xf32, #weft.dims<n, 4>>) -> tensor<?x4xf32, #weft.dims<n, 4>> {
  %n = weft.dim %x {axis = 0 : i64} : tensor<?x4xf32, #weft.dims<n, 4>>
  %y = weft.reshape %x to [%n, 4] : (tensor<?x4xf32, #weft.dims<n, 4>>, index) -> tensor<?x4xf32, #weft.dims<n, 4>>
  return %y : tensor<?x4xf32, #weft.dims<n, 4>>
}

// Two unnamed dims may change places.
// CHECK-LABEL: func.func @no_reshape_fold_when_dims_unnamed(
// CHECK: weft.reshape
func.func @no_reshape_fold_when_dims_unnamed(%x: tensor<?x?xf32>, %a: index, %b: index) -> tensor<?x?xf32> {
  %y = weft.reshape %x to [%a, %b] : (tensor<?x?xf32>, index, index) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// CHECK-LABEL: func.func @transpose_of_transpose(
// CHECK-NEXT: return %arg0
func.func @transpose_of_transpose(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = weft.transpose %x {perm = array<i64: 2, 0, 1>} : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  %1 = weft.transpose %0 {perm = array<i64: 1, 2, 0>} : (tensor<4x2x3xf32>) -> tensor<2x3x4xf32>
  return %1 : tensor<2x3x4xf32>
}

// Only a dim of size 1 moves: the elements stay in order.
// CHECK-LABEL: func.func @transpose_of_ones(
// CHECK-NEXT: weft.reshape %arg0 to [3, 1, 4]
func.func @transpose_of_ones(%x: tensor<1x3x4xf32>) -> tensor<3x1x4xf32> {
  %y = weft.transpose %x {perm = array<i64: 1, 0, 2>} : (tensor<1x3x4xf32>) -> tensor<3x1x4xf32>
  return %y : tensor<3x1x4xf32>
}

// CHECK-LABEL: func.func @concat_of_one(
// CHECK-NEXT: return %arg0
func.func @concat_of_one(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = weft.concat %x {axis = 0 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @concat_of_concat(
// CHECK-NEXT: weft.concat %arg0, %arg0, %arg1 {axis = 0 : i64}
func.func @concat_of_concat(%x: tensor<4xf32>, %y: tensor<2xf32>, %none: tensor<0xf32>) -> tensor<10xf32> {
  %0 = weft.concat %x, %y, %none {axis = 0 : i64} : (tensor<4xf32>, tensor<2xf32>, tensor<0xf32>) -> tensor<6xf32>
  %1 = weft.concat %x, %0 {axis = 0 : i64} : (tensor<4xf32>, tensor<6xf32>) -> tensor<10xf32>
  return %1 : tensor<10xf32>
}

// CHECK-LABEL: func.func @slice_of_all(
// CHECK-NEXT: return %arg0
func.func @slice_of_all(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %y = weft.slice %x [0, 0] [4, 8] {strides = array<i64: 1, 1>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @slice_of_slice(
// CHECK-NEXT: weft.slice %arg0 [4] [2] {strides = array<i64: 6>}
func.func @slice_of_slice(%x: tensor<16xf32>) -> tensor<2xf32> {
  %0 = weft.slice %x [1] [5] {strides = array<i64: 3>} : (tensor<16xf32>) -> tensor<5xf32>
  %1 = weft.slice %0 [1] [2] {strides = array<i64: 2>} : (tensor<5xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// CHECK-LABEL: func.func @reverse_and_pad_of_nothing(
// CHECK-NEXT: return %arg0
func.func @reverse_and_pad_of_nothing(%x: tensor<1x4xf32>, %v: tensor<f32>) -> tensor<1x4xf32> {
  %0 = weft.reverse %x {axes = array<i64: 0>} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = weft.pad %0 value %v lo [0, 0] hi [0, 0] : (tensor<1x4xf32>, tensor<f32>) -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// CHECK-LABEL: func.func @broadcast_before_add(
// CHECK-NEXT: weft.add %arg0, %arg1 : (tensor<4x8xf32>, tensor<1x8xf32>)
func.func @broadcast_before_add(%x: tensor<4x8xf32>, %y: tensor<1x8xf32>) -> tensor<4x8xf32> {
  %0 = weft.broadcast %y to [4, 8] : (tensor<1x8xf32>) -> tensor<4x8xf32>
  %1 = weft.add %x, %0 : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// Nothing else makes the result as large.
// CHECK-LABEL: func.func @no_broadcast_removal_when_it_gives_the_size(
// CHECK: weft.broadcast
func.func @no_broadcast_removal_when_it_gives_the_size(%x: tensor<1x8xf32>, %y: tensor<1x8xf32>) -> tensor<4x8xf32> {
  %0 = weft.broadcast %y to [4, 8] : (tensor<1x8xf32>) -> tensor<4x8xf32>
  %1 = weft.add %x, %0 : (tensor<1x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @broadcast_of_broadcast(
// CHECK-NEXT: weft.broadcast %arg0 to [2, 3]
func.func @broadcast_of_broadcast(%x: tensor<1x1xf32>) -> tensor<2x3xf32> {
  %0 = weft.broadcast %x to [2, 1] : (tensor<1x1xf32>) -> tensor<2x1xf32>
  %1 = weft.broadcast %0 to [2, 3] : (tensor<2x1xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @splats_move(
// CHECK-NEXT: weft.constant dense<1.000000e+00> : tensor<3x2xf32>
// CHECK-NEXT: return
func.func @splats_move() -> tensor<3x2xf32> {
  %0 = weft.constant dense<1.0> : tensor<1x3xf32>
  %1 = weft.broadcast %0 to [2, 3] : (tensor<1x3xf32>) -> tensor<2x3xf32>
  %2 = weft.transpose %1 {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %3 = weft.reverse %2 {axes = array<i64: 0>} : (tensor<3x2xf32>) -> tensor<3x2xf32>
  return %3 : tensor<3x2xf32>
}

// CHECK-LABEL: func.func @dims_fold(
// CHECK: %[[C8:.*]] = arith.constant 8 : index
// CHECK-NEXT: return %[[C8]], %arg1
func.func @dims_fold(%x: tensor<?x8xf32>, %n: index) -> (index, index) {
  %0 = weft.dim %x {axis = 1 : i64} : tensor<?x8xf32>
  %1 = weft.reshape %x to [%n, 2, 4] : (tensor<?x8xf32>, index) -> tensor<?x2x4xf32>
  %2 = weft.dim %1 {axis = 0 : i64} : tensor<?x2x4xf32>
  return %0, %2 : index, index
}

// CHECK-LABEL: func.func @extract_folds(
// CHECK: %[[C:.*]] = arith.constant -2 : index
// CHECK-NEXT: return %arg0, %[[C]]
func.func @extract_folds(%n: index, %m: index) -> (index, index) {
  %0 = weft.from_elements %m, %n : tensor<2xi64>
  %1 = weft.extract %0 {i = 1 : i64} : tensor<2xi64>
  %2 = weft.constant dense<[5, -2]> : tensor<2xi32>
  %3 = weft.extract %2 {i = 1 : i64} : tensor<2xi32>
  return %1, %3 : index, index
}

// CHECK-LABEL: func.func @from_constant_elements(
// CHECK: weft.constant dense<[3, 4]> : tensor<2xi64>
func.func @from_constant_elements() -> tensor<2xi64> {
  %a = arith.constant 3 : index
  %b = arith.constant 4 : index
  %0 = weft.from_elements %a, %b : tensor<2xi64>
  return %0 : tensor<2xi64>
}

// CHECK-LABEL: func.func @reduce_over_ones(
// CHECK-NEXT: return %arg0
func.func @reduce_over_ones(%x: tensor<4x1xf32>) -> tensor<4x1xf32> {
  %y = weft.reduce mean %x {axes = array<i64: 1>} : (tensor<4x1xf32>) -> tensor<4x1xf32>
  return %y : tensor<4x1xf32>
}
