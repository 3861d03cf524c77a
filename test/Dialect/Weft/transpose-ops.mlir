// RUN: weft-opt %s | FileCheck %s
//
// weft.transpose parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @transpose_example(
// CHECK: weft.transpose %{{.*}} {perm = array<i64: 1, 0>} : (tensor<4x8xf32>) -> tensor<8x4xf32>
func.func @transpose_example(%x: tensor<4x8xf32>) {
  %y = weft.transpose %x {perm = array<i64: 1, 0>} : (tensor<4x8xf32>) -> tensor<8x4xf32>
  return
}
