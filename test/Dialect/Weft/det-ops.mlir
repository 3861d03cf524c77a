// RUN: weft-opt %s | FileCheck %s
//
// weft.det parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @det_example(
// CHECK: weft.det
// CHECK-SAME: : (tensor<3x2x2xf32>) -> tensor<3xf32>
func.func @det_example(%x: tensor<3x2x2xf32>) {
  %r0 = weft.det %x : (tensor<3x2x2xf32>) -> tensor<3xf32>
  return
}
