// Packing of constants at compile time gives the bytes that contractions read; views of constants fold.
// RUN: weft-opt %s --canonicalize | FileCheck %s

// Panels of two columns: rows run along k, columns past the end are zero.
// CHECK-LABEL: func.func @pack_matrix_i32(
// CHECK: kernel.constant dense_resource<packed> : tensor<2x2x2xi32>
func.func @pack_matrix_i32() -> tensor<2x2x2xi32> {
  %w = kernel.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
  %p = kernel.pack %w {form = #kernel.panels<batch = [], k = [0], n = 1, groups = 0, width = 2>}
      : tensor<2x3xi32> -> tensor<2x2x2xi32>
  return %p : tensor<2x2x2xi32>
}

// Filters [F, C, K] of one group become [1, F / 2, K * C, 2], channels fastest.
// CHECK-LABEL: func.func @pack_filter_i32(
// CHECK: kernel.constant dense_resource<packed_1> : tensor<1x1x4x2xi32>
func.func @pack_filter_i32() -> tensor<1x1x4x2xi32> {
  %w = kernel.constant dense<[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]> : tensor<2x2x2xi32>
  %p = kernel.pack %w {form = #kernel.panels<batch = [], k = [2, 1], n = 0, groups = 1, width = 2>}
      : tensor<2x2x2xi32> -> tensor<1x1x4x2xi32>
  return %p : tensor<1x1x4x2xi32>
}

// Another order of dims; a dim of size 1 vanishes.
// CHECK-LABEL: func.func @pack_permuted_i32(
// CHECK: kernel.constant dense_resource<packed_2> : tensor<3x2xi32>
func.func @pack_permuted_i32() -> tensor<3x2xi32> {
  %w = kernel.constant dense<[[[1, 2, 3]], [[4, 5, 6]]]> : tensor<2x1x3xi32>
  %p = kernel.pack %w {form = #kernel.permuted<order = [2, 0]>} : tensor<2x1x3xi32> -> tensor<3x2xi32>
  return %p : tensor<3x2xi32>
}

// A splat without padding stays a splat; with padding it cannot.
// CHECK-LABEL: func.func @pack_splat_f32(
// CHECK-DAG: kernel.constant dense<5.000000e-01> : tensor<2x8x32xf32>
// CHECK-DAG: kernel.constant dense_resource<packed_3> : tensor<1x1x4xf32>
func.func @pack_splat_f32() -> (tensor<2x8x32xf32>, tensor<1x1x4xf32>) {
  %w = kernel.constant dense<0.5> : tensor<8x64xf32>
  %p = kernel.pack %w {form = #kernel.panels<batch = [], k = [0], n = 1, groups = 0, width = 32>}
      : tensor<8x64xf32> -> tensor<2x8x32xf32>
  %v = kernel.constant dense<1.0> : tensor<1x3xf32>
  %q = kernel.pack %v {form = #kernel.panels<batch = [], k = [0], n = 1, groups = 0, width = 4>}
      : tensor<1x3xf32> -> tensor<1x1x4xf32>
  return %p, %q : tensor<2x8x32xf32>, tensor<1x1x4xf32>
}

// CHECK-LABEL: func.func @view_constant_i32(
// CHECK: kernel.constant dense<{{\[}}[1, 2], [3, 4]]> : tensor<2x2xi32>
func.func @view_constant_i32() -> tensor<2x2xi32> {
  %w = kernel.constant dense<[1, 2, 3, 4]> : tensor<4xi32>
  %v = kernel.view %w : tensor<4xi32> -> tensor<2x2xi32>
  return %v : tensor<2x2xi32>
}

// CHECK-LABEL: func.func @view_of_view_f32(
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK: kernel.view %[[X]] : tensor<4x4xf32> -> tensor<2x8xf32>
func.func @view_of_view_f32(%x: tensor<4x4xf32>) -> tensor<2x8xf32> {
  %a = kernel.view %x : tensor<4x4xf32> -> tensor<16xf32>
  %b = kernel.view %a : tensor<16xf32> -> tensor<2x8xf32>
  return %b : tensor<2x8xf32>
}

// CHECK-LABEL: func.func @no_pack_when_source_is_no_constant(
// CHECK: kernel.pack
func.func @no_pack_when_source_is_no_constant(%w: tensor<2x2xf32>) -> tensor<1x2x2xf32> {
  %p = kernel.pack %w {form = #kernel.panels<batch = [], k = [0], n = 1, groups = 0, width = 2>}
      : tensor<2x2xf32> -> tensor<1x2x2xf32>
  return %p : tensor<1x2x2xf32>
}

// Groups of 4 steps of bytes, then the sum of each column: columns 1 2 3 4 and -1 -1 -1 -1.
// CHECK-LABEL: func.func @pack_dot_i8(
// CHECK: kernel.constant dense_resource<packed_4> : tensor<1x2x2x4xi8>
func.func @pack_dot_i8() -> tensor<1x2x2x4xi8> {
  %w = kernel.constant dense<[[1, -1], [2, -1], [3, -1], [4, -1]]> : tensor<4x2xi8>
  %p = kernel.pack %w {form = #kernel.panels<batch = [], k = [0], n = 1, groups = 0, width = 2, dot = 4>}
      : tensor<4x2xi8> -> tensor<1x2x2x4xi8>
  return %p : tensor<1x2x2x4xi8>
}

// The bytes, after 4 bytes of alignment (0x40000000): little-endian i32 1 2 4 5, 3 0 6 0; then 1 5 3 7 2 6 4 8; 1 4 2 5 3 6.
// CHECK: dialect_resources
// CHECK-DAG: packed: "0x400000000100000002000000040000000500000003000000000000000600000000000000"
// CHECK-DAG: packed_1: "0x400000000100000005000000030000000700000002000000060000000400000008000000"
// CHECK-DAG: packed_2: "0x40000000010000000400000002000000050000000300000006000000"
// CHECK-DAG: packed_3: "0x400000000000803F0000803F0000803F00000000"
// CHECK-DAG: packed_4: "0x4000000001020304FFFFFFFF0A000000FCFFFFFF"
