// RUN: weft-opt %s | FileCheck %s
//
// weft.rope parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @rope_example(
// CHECK: weft.rope
// CHECK-SAME: : (tensor<1x8x16x64xf32>, tensor<1x16x32xf32>, tensor<1x16x32xf32>) -> tensor<1x8x16x64xf32>
func.func @rope_example(%x: tensor<1x8x16x64xf32>, %c: tensor<1x16x32xf32>, %s: tensor<1x16x32xf32>) {
  %r0 = weft.rope %x, %c, %s {dims = 64 : i64} : (tensor<1x8x16x64xf32>, tensor<1x16x32xf32>, tensor<1x16x32xf32>) -> tensor<1x8x16x64xf32>
  return
}
