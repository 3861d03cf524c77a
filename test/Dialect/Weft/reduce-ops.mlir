// RUN: weft-opt %s | FileCheck %s
//
// weft.reduce parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @reduce_example(
// CHECK: weft.reduce sum %{{.*}} {axes = array<i64: 1>} : (tensor<4x8xf32>) -> tensor<4x1xf32>
func.func @reduce_example(%x: tensor<4x8xf32>) {
  %y = weft.reduce sum %x {axes = array<i64: 1>} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  return
}
