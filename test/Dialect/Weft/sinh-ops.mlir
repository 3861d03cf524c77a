// RUN: weft-opt %s | FileCheck %s
//
// weft.sinh parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @sinh_example(
// CHECK: weft.sinh %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @sinh_example(%x: tensor<4x8xf32>) {
  %y = weft.sinh %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
