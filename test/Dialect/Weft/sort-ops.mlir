// RUN: weft-opt %s | FileCheck %s
//
// weft.sort parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @sort_example(
// CHECK: weft.sort
// CHECK-SAME: : (tensor<8xf32>) -> (tensor<8xf32>, tensor<8xi64>)
func.func @sort_example(%x: tensor<8xf32>) {
  %r0, %r1 = weft.sort %x {axis = 0 : i64} : (tensor<8xf32>) -> (tensor<8xf32>, tensor<8xi64>)
  return
}
