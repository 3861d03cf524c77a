// RUN: weft-opt %s | FileCheck %s
//
// weft.dft parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @dft_example(
// CHECK: weft.dft
// CHECK-SAME: : (tensor<1x16x1xf32>) -> tensor<1x16x2xf32>
func.func @dft_example(%x: tensor<1x16x1xf32>) {
  %r0 = weft.dft %x {static_n = 0 : i64, axis = 1 : i64} : (tensor<1x16x1xf32>) -> tensor<1x16x2xf32>
  return
}
