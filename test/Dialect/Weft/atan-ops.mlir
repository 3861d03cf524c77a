// RUN: weft-opt %s | FileCheck %s
//
// weft.atan parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @atan_example(
// CHECK: weft.atan %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @atan_example(%x: tensor<4x8xf32>) {
  %y = weft.atan %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
