// Ops that gather at computed places, and sequential algorithms on matrices and sequences.
// RUN: weft-opt %s --pass-pipeline='builtin.module(func.func(convert-weft-to-linalg))' | FileCheck %s

// Four neighbours, those outside of the image left out.
// CHECK-LABEL: func.func @grid_sample_static_f32_linear(
// CHECK-COUNT-4: tensor.extract %arg0
// CHECK-NOT: tensor.extract %arg0
func.func @grid_sample_static_f32_linear(%x: tensor<1x2x4x5xf32>, %g: tensor<1x3x3x2xf32>) -> tensor<1x2x3x3xf32> {
  %0 = weft.grid_sample %x, %g {mode = #weft.grid_mode<linear>, padding = #weft.grid_padding<zeros>} : (tensor<1x2x4x5xf32>, tensor<1x3x3x2xf32>) -> tensor<1x2x3x3xf32>
  return %0 : tensor<1x2x3x3xf32>
}

// Samples per cell in a loop of its own.
// CHECK-LABEL: func.func @roi_pool_static_f32(
// CHECK: linalg.generic
// CHECK: scf.for
func.func @roi_pool_static_f32(%x: tensor<1x2x4x5xf32>, %r: tensor<3x4xf32>, %b: tensor<3xi64>) -> tensor<3x2x2x3xf32> {
  %0 = weft.roi_pool %x, %r batch %b {out = array<i64: 2, 3>, scale = 1.0 : f64, kind = #weft.roi_kind<align_avg>} : (tensor<1x2x4x5xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<3x2x2x3xf32>
  return %0 : tensor<3x2x2x3xf32>
}

// A static length has a table of roots.
// CHECK-LABEL: func.func @dft_static_f32(
// CHECK: arith.constant dense<{{.*}}> : tensor<6x2xf64>
// CHECK: iterator_types = ["parallel", "parallel", "parallel", "reduction"]
func.func @dft_static_f32(%x: tensor<2x6x1xf32>) -> tensor<2x6x2xf32> {
  %0 = weft.dft %x {static_n = 6 : i64, axis = 1 : i64} : (tensor<2x6x1xf32>) -> tensor<2x6x2xf32>
  return %0 : tensor<2x6x2xf32>
}

// Pivoting in f64, batch by batch.
// CHECK-LABEL: func.func @det_static_f32(
// CHECK: scf.for
// CHECK: math.absf
// CHECK: arith.divf
func.func @det_static_f32(%x: tensor<3x4x4xf32>) -> tensor<3xf32> {
  %0 = weft.det %x : (tensor<3x4x4xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// The generator's words come from the element's number.
// CHECK-LABEL: func.func @random_static_f32(
// CHECK: linalg.index
// CHECK: arith.muli
// CHECK: arith.xori
func.func @random_static_f32() -> tensor<4xf32> {
  %0 = weft.random [4] {to = f32, dist = #weft.random_dist<uniform>, seed = 1.0 : f64} : () -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// Rotation of pairs by the table's row.
// CHECK-LABEL: func.func @rope_static_f32(
// CHECK: arith.negf
// CHECK: arith.mulf
func.func @rope_static_f32(%x: tensor<1x2x4x8xf32>, %c: tensor<1x4x4xf32>, %s: tensor<1x4x4xf32>) -> tensor<1x2x4x8xf32> {
  %0 = weft.rope %x, %c, %s {dims = 8 : i64} : (tensor<1x2x4x8xf32>, tensor<1x4x4xf32>, tensor<1x4x4xf32>) -> tensor<1x2x4x8xf32>
  return %0 : tensor<1x2x4x8xf32>
}
