// RUN: weft-opt %s | FileCheck %s
//
// weft.grouped_matmul parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @grouped_matmul_example(
// CHECK: weft.grouped_matmul
// CHECK-SAME: : (tensor<32x8xf32>, tensor<4x8x16xf32>, tensor<4xi64>) -> tensor<32x16xf32>
func.func @grouped_matmul_example(%a: tensor<32x8xf32>, %b: tensor<4x8x16xf32>, %s: tensor<4xi64>) {
  %r0 = weft.grouped_matmul %a, %b, %s : (tensor<32x8xf32>, tensor<4x8x16xf32>, tensor<4xi64>) -> tensor<32x16xf32>
  return
}
