// RUN: weft-opt %s | FileCheck %s
//
// weft.softmax parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @softmax_example(
// CHECK: weft.softmax %{{.*}} {axis = 1 : i64} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @softmax_example(%x: tensor<4x8xf32>) {
  %y = weft.softmax %x {axis = 1 : i64} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
