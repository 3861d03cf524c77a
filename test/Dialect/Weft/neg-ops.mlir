// RUN: weft-opt %s | FileCheck %s
//
// weft.neg parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @neg_example(
// CHECK: weft.neg %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @neg_example(%x: tensor<4x8xf32>) {
  %y = weft.neg %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
