// RUN: weft-opt %s | FileCheck %s
//
// weft.conv_transpose parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @conv_transpose_example(
// CHECK: weft.conv_transpose
// CHECK-SAME: : (tensor<1x8x4x4xf32>, tensor<8x16x2x2xf32>) -> tensor<1x16x8x8xf32>
func.func @conv_transpose_example(%x: tensor<1x8x4x4xf32>, %w: tensor<8x16x2x2xf32>) {
  %r0 = weft.conv_transpose %x, %w {strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, output_padding = array<i64: 0, 0>} : (tensor<1x8x4x4xf32>, tensor<8x16x2x2xf32>) -> tensor<1x16x8x8xf32>
  return
}
