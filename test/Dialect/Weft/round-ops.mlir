// RUN: weft-opt %s | FileCheck %s
//
// weft.round parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @round_example(
// CHECK: weft.round %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @round_example(%x: tensor<4x8xf32>) {
  %y = weft.round %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
