// RUN: weft-opt %s | FileCheck %s
//
// weft.unique parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @unique_example(
// CHECK: weft.unique
// CHECK-SAME: : (tensor<6xf32>) -> (tensor<?xf32>, tensor<?xi64>, tensor<6xi64>, tensor<?xi64>)
func.func @unique_example(%x: tensor<6xf32>) {
  %r0, %r1, %r2, %r3 = weft.unique %x : (tensor<6xf32>) -> (tensor<?xf32>, tensor<?xi64>, tensor<6xi64>, tensor<?xi64>)
  return
}
