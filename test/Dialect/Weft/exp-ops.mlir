// RUN: weft-opt %s | FileCheck %s
//
// weft.exp parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @exp_example(
// CHECK: weft.exp %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @exp_example(%x: tensor<4x8xf32>) {
  %y = weft.exp %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
