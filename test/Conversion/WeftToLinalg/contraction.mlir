// Contractions that no kernel op takes become linalg.generic in any layout, type and grouping.
// RUN: weft-opt %s --pass-pipeline='builtin.module(func.func(convert-weft-to-linalg))' | FileCheck %s

// Zero points are taken off the widened operands.
// CHECK-LABEL: func.func @matmul_static_i8_zero_point(
// CHECK: iterator_types = ["parallel", "reduction", "parallel"]
// CHECK: arith.extui
// CHECK: arith.extsi
// CHECK: arith.subi
// CHECK: arith.muli
// CHECK: arith.addi
func.func @matmul_static_i8_zero_point(%x: tensor<3x4xui8>, %y: tensor<4x5xi8>, %z: tensor<1xui8>) -> tensor<3x5xi32> {
  %0 = weft.matmul %x, %y lhs_zp %z : (tensor<3x4xui8>, tensor<4x5xi8>, tensor<1xui8>) -> tensor<3x5xi32>
  return %0 : tensor<3x5xi32>
}

// CHECK-LABEL: func.func @matmul_static_f64(
// CHECK: arith.mulf {{.*}} : f64
func.func @matmul_static_f64(%x: tensor<3x4xf64>, %y: tensor<4x5xf64>) -> tensor<3x5xf64> {
  %0 = weft.matmul %x, %y : (tensor<3x4xf64>, tensor<4x5xf64>) -> tensor<3x5xf64>
  return %0 : tensor<3x5xf64>
}

// Groups are a loop of their own; the result's feature dim is split while it is computed.
// CHECK-LABEL: func.func @conv_static_f32_grouped(
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<1x2x3x6x6xf32>)
// CHECK: tensor.collapse_shape
func.func @conv_static_f32_grouped(%x: tensor<1x4x8x8xf32>, %w: tensor<6x2x3x3xf32>) -> tensor<1x6x6x6xf32> {
  %0 = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 2 : i64} : (tensor<1x4x8x8xf32>, tensor<6x2x3x3xf32>) -> tensor<1x6x6x6xf32>
  return %0 : tensor<1x6x6x6xf32>
}

// Taps in the padding add nothing; they read the element nearest to them.
// CHECK-LABEL: func.func @conv_static_f32_padded(
// CHECK: arith.cmpi ult
// CHECK: tensor.extract
// CHECK: arith.select
func.func @conv_static_f32_padded(%x: tensor<1x4x8xf32>, %w: tensor<6x4x3xf32>) -> tensor<1x6x8xf32> {
  %0 = weft.conv %x, %w {strides = array<i64: 1>, pads = array<i64: 1, 1>, dilations = array<i64: 1>} : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x8xf32>
  return %0 : tensor<1x6x8xf32>
}

// The adjoint gathers: a tap counts where the stride divides.
// CHECK-LABEL: func.func @conv_transpose_static_f32(
// CHECK: arith.divsi
// CHECK: arith.cmpi eq
func.func @conv_transpose_static_f32(%x: tensor<1x4x8xf32>, %w: tensor<4x3x3xf32>) -> tensor<1x3x17xf32> {
  %0 = weft.conv_transpose %x, %w {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x4x8xf32>, tensor<4x3x3xf32>) -> tensor<1x3x17xf32>
  return %0 : tensor<1x3x17xf32>
}

// The filter says how many channels a group has when the image does not.
// CHECK-LABEL: func.func @conv_dynamic_channels_f32_grouped(
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<1x2x3x6x6xf32>)
func.func @conv_dynamic_channels_f32_grouped(%x: tensor<1x?x8x8xf32, #weft.dims<1, c, 8, 8>>, %w: tensor<6x2x3x3xf32>) -> tensor<1x6x6x6xf32> {
  %0 = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 2 : i64} : (tensor<1x?x8x8xf32, #weft.dims<1, c, 8, 8>>, tensor<6x2x3x3xf32>) -> tensor<1x6x6x6xf32>
  return %0 : tensor<1x6x6x6xf32>
}

// CHECK-LABEL: func.func @conv_transpose_dynamic_channels_f32_grouped(
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<1x2x3x17xf32>)
func.func @conv_transpose_dynamic_channels_f32_grouped(%x: tensor<1x?x8xf32, #weft.dims<1, c, 8>>, %w: tensor<4x3x3xf32>) -> tensor<1x6x17xf32> {
  %0 = weft.conv_transpose %x, %w {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>, groups = 2 : i64} : (tensor<1x?x8xf32, #weft.dims<1, c, 8>>, tensor<4x3x3xf32>) -> tensor<1x6x17xf32>
  return %0 : tensor<1x6x17xf32>
}
