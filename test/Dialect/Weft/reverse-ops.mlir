// RUN: weft-opt %s | FileCheck %s
//
// weft.reverse parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @reverse_example(
// CHECK: weft.reverse %{{.*}} {axes = array<i64: 0>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @reverse_example(%x: tensor<4x8xf32>) {
  %y = weft.reverse %x {axes = array<i64: 0>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
