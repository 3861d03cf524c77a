// RUN: weft-opt %s | FileCheck %s
//
// weft.deform_conv parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @deform_conv_example(
// CHECK: weft.deform_conv
// CHECK-SAME: : (tensor<1x1x3x3xf32>, tensor<1x1x2x2xf32>, tensor<1x8x2x2xf32>) -> tensor<1x1x2x2xf32>
func.func @deform_conv_example(%x: tensor<1x1x3x3xf32>, %w: tensor<1x1x2x2xf32>, %o: tensor<1x8x2x2xf32>) {
  %r0 = weft.deform_conv %x, %w, %o {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x3x3xf32>, tensor<1x1x2x2xf32>, tensor<1x8x2x2xf32>) -> tensor<1x1x2x2xf32>
  return
}
