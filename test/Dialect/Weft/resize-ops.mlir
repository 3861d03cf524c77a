// RUN: weft-opt %s | FileCheck %s
//
// weft.resize parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @resize_example(
// CHECK: weft.resize
// CHECK-SAME: : (tensor<1x3x7x7xf32>) -> tensor<1x3x14x14xf32>
func.func @resize_example(%x: tensor<1x3x7x7xf32>) {
  %r0 = weft.resize %x to [14, 14] {axes = array<i64: 2, 3>, mode = #weft.resize_mode<linear>, coord = #weft.resize_coord<half_pixel>} : (tensor<1x3x7x7xf32>) -> tensor<1x3x14x14xf32>
  return
}
