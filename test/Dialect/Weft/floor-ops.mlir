// RUN: weft-opt %s | FileCheck %s
//
// weft.floor parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @floor_example(
// CHECK: weft.floor %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @floor_example(%x: tensor<4x8xf32>) {
  %y = weft.floor %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
