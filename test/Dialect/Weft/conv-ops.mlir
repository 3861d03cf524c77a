// RUN: weft-opt %s | FileCheck %s
//
// weft.conv parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @conv_example(
// CHECK: weft.conv
// CHECK-SAME: : (tensor<1x3x224x224xf32>, tensor<64x3x7x7xf32>) -> tensor<1x64x112x112xf32>
func.func @conv_example(%x: tensor<1x3x224x224xf32>, %w: tensor<64x3x7x7xf32>) {
  %r0 = weft.conv %x, %w {strides = array<i64: 2, 2>, pads = array<i64: 3, 3, 3, 3>, dilations = array<i64: 1, 1>} : (tensor<1x3x224x224xf32>, tensor<64x3x7x7xf32>) -> tensor<1x64x112x112xf32>
  return
}
