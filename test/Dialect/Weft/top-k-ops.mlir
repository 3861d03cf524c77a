// RUN: weft-opt %s | FileCheck %s
//
// weft.top_k parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @top_k_example(
// CHECK: weft.top_k
// CHECK-SAME: : (tensor<2x100xf32>) -> (tensor<2x5xf32>, tensor<2x5xi64>)
func.func @top_k_example(%x: tensor<2x100xf32>) {
  %r0, %r1 = weft.top_k %x {static_k = 5 : i64, axis = 1 : i64} : (tensor<2x100xf32>) -> (tensor<2x5xf32>, tensor<2x5xi64>)
  return
}
