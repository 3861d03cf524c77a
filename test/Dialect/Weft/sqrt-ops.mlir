// RUN: weft-opt %s | FileCheck %s
//
// weft.sqrt parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @sqrt_example(
// CHECK: weft.sqrt %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @sqrt_example(%x: tensor<4x8xf32>) {
  %y = weft.sqrt %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
