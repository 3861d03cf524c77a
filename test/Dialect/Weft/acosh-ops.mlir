// RUN: weft-opt %s | FileCheck %s
//
// weft.acosh parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @acosh_example(
// CHECK: weft.acosh %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @acosh_example(%x: tensor<4x8xf32>) {
  %y = weft.acosh %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
