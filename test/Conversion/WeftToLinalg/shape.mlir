// Movement becomes views where it can, and reads at computed places elsewhere; sizes come from the arguments.
// RUN: weft-opt %s --pass-pipeline='builtin.module(func.func(convert-weft-to-linalg))' | FileCheck %s

// Dims that merge or split one by one need no flat tensor.
// CHECK-LABEL: func.func @reshape_static_f32_groups(
// CHECK: tensor.collapse_shape {{.*}} {{\[\[}}0, 1], [2]]
// CHECK: tensor.expand_shape {{.*}} {{\[\[}}0], [1, 2]]
func.func @reshape_static_f32_groups(%x: tensor<2x3x8xf32>) -> tensor<6x2x4xf32> {
  %0 = weft.reshape %x to [6, 2, 4] : (tensor<2x3x8xf32>) -> tensor<6x2x4xf32>
  return %0 : tensor<6x2x4xf32>
}

// Named sizes say which dims go together.
// CHECK-LABEL: func.func @reshape_dynamic_f32(
// CHECK: tensor.collapse_shape {{.*}} {{\[\[}}0, 1], [2]]
// CHECK-NOT: tensor.reshape
func.func @reshape_dynamic_f32(%x: tensor<?x?x8xf32, #weft.dims<b, s, 8>>, %n: index)
    -> tensor<?x8xf32, #weft.dims<b * s, 8>> {
  %0 = weft.reshape %x to [%n, 8] : (tensor<?x?x8xf32, #weft.dims<b, s, 8>>, index) -> tensor<?x8xf32, #weft.dims<b * s, 8>>
  return %0 : tensor<?x8xf32, #weft.dims<b * s, 8>>
}

// CHECK-LABEL: func.func @transpose_static_f32(
// CHECK: linalg.generic
func.func @transpose_static_f32(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %0 = weft.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// Each part goes to its place behind the ones before it.
// CHECK-LABEL: func.func @concat_static_f32(
// CHECK: tensor.insert_slice {{.*}}[0, 0] [2, 3] [1, 1]
// CHECK: tensor.insert_slice {{.*}}[0, 3] [2, 4] [1, 1]
func.func @concat_static_f32(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) -> tensor<2x7xf32> {
  %0 = weft.concat %x, %y {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<2x7xf32>
  return %0 : tensor<2x7xf32>
}

// CHECK-LABEL: func.func @slice_dynamic_offset_f32(
// CHECK: tensor.extract_slice %{{.*}}[%{{.*}}, 0] [2, 3] [1, 2]
func.func @slice_dynamic_offset_f32(%x: tensor<8x8xf32>, %o: index) -> tensor<2x3xf32> {
  %0 = weft.slice %x [%o, 0] [2, 3] {strides = array<i64: 1, 2>} : (tensor<8x8xf32>, index) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// A padded element is chosen; the read itself stays inside.
// CHECK-LABEL: func.func @pad_static_f32_constant(
// CHECK: linalg.generic
// CHECK: arith.cmpi ult
// CHECK: tensor.extract
// CHECK: arith.select
func.func @pad_static_f32_constant(%x: tensor<4xf32>) -> tensor<7xf32> {
  %c = weft.constant dense<2.5> : tensor<f32>
  %0 = weft.pad %x value %c lo [1] hi [2] : (tensor<4xf32>, tensor<f32>) -> tensor<7xf32>
  return %0 : tensor<7xf32>
}

// CHECK-LABEL: func.func @iota_static_f32(
// CHECK: linalg.index 1
// CHECK: arith.sitofp
func.func @iota_static_f32() -> tensor<2x4xf32> {
  %0 = weft.iota [2, 4] {axis = 1 : i64, to = f32} : () -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// CHECK-LABEL: func.func @reverse_static_f32(
// CHECK: arith.subi
// CHECK: tensor.extract
func.func @reverse_static_f32(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = weft.reverse %x {axes = array<i64: 0>} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
