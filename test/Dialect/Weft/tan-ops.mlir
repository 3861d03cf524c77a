// RUN: weft-opt %s | FileCheck %s
//
// weft.tan parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @tan_example(
// CHECK: weft.tan %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @tan_example(%x: tensor<4x8xf32>) {
  %y = weft.tan %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
