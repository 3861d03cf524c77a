// RUN: weft-opt %s | FileCheck %s
//
// weft.acos parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @acos_example(
// CHECK: weft.acos %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @acos_example(%x: tensor<4x8xf32>) {
  %y = weft.acos %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
