// RUN: weft-opt %s | FileCheck %s
//
// weft.grid_sample parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @grid_sample_example(
// CHECK: weft.grid_sample
// CHECK-SAME: : (tensor<1x3x8x8xf32>, tensor<1x4x4x2xf32>) -> tensor<1x3x4x4xf32>
func.func @grid_sample_example(%x: tensor<1x3x8x8xf32>, %g: tensor<1x4x4x2xf32>) {
  %r0 = weft.grid_sample %x, %g {mode = #weft.grid_mode<linear>, padding = #weft.grid_padding<zeros>} : (tensor<1x3x8x8xf32>, tensor<1x4x4x2xf32>) -> tensor<1x3x4x4xf32>
  return
}
