// RUN: weft-opt %s | FileCheck %s
//
// weft.inverse parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @inverse_example(
// CHECK: weft.inverse
// CHECK-SAME: : (tensor<3x2x2xf32>) -> tensor<3x2x2xf32>
func.func @inverse_example(%x: tensor<3x2x2xf32>) {
  %r0 = weft.inverse %x : (tensor<3x2x2xf32>) -> tensor<3x2x2xf32>
  return
}
