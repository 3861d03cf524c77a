// RUN: weft-opt %s | FileCheck %s
//
// weft.sin parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @sin_example(
// CHECK: weft.sin %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @sin_example(%x: tensor<4x8xf32>) {
  %y = weft.sin %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
