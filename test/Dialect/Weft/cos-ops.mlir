// RUN: weft-opt %s | FileCheck %s
//
// weft.cos parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @cos_example(
// CHECK: weft.cos %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @cos_example(%x: tensor<4x8xf32>) {
  %y = weft.cos %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
