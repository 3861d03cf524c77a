// RUN: weft-opt %s | FileCheck %s
//
// weft.abs parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @abs_example(
// CHECK: weft.abs %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @abs_example(%x: tensor<4x8xf32>) {
  %y = weft.abs %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
