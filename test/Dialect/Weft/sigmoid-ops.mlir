// RUN: weft-opt %s | FileCheck %s
//
// weft.sigmoid parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @sigmoid_example(
// CHECK: weft.sigmoid %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @sigmoid_example(%x: tensor<4x8xf32>) {
  %y = weft.sigmoid %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
