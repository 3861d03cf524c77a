// RUN: weft-opt %s | FileCheck %s
//
// weft.nonzero parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @nonzero_example(
// CHECK: weft.nonzero
// CHECK-SAME: : (tensor<3x4xf32>) -> tensor<2x?xi64>
func.func @nonzero_example(%x: tensor<3x4xf32>) {
  %r0 = weft.nonzero %x : (tensor<3x4xf32>) -> tensor<2x?xi64>
  return
}
