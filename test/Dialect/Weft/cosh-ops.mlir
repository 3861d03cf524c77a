// RUN: weft-opt %s | FileCheck %s
//
// weft.cosh parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @cosh_example(
// CHECK: weft.cosh %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @cosh_example(%x: tensor<4x8xf32>) {
  %y = weft.cosh %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
