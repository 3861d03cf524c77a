// RUN: weft-opt %s | FileCheck %s
//
// weft.matmul parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @matmul_example(
// CHECK: weft.matmul
// CHECK-SAME: : (tensor<2x4x8xf32>, tensor<1x16x8xf32>) -> tensor<2x4x16xf32>
func.func @matmul_example(%a: tensor<2x4x8xf32>, %b: tensor<1x16x8xf32>) {
  %r0 = weft.matmul %a, %b {transpose_rhs = true} : (tensor<2x4x8xf32>, tensor<1x16x8xf32>) -> tensor<2x4x16xf32>
  return
}
