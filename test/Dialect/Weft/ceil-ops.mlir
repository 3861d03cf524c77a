// RUN: weft-opt %s | FileCheck %s
//
// weft.ceil parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @ceil_example(
// CHECK: weft.ceil %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @ceil_example(%x: tensor<4x8xf32>) {
  %y = weft.ceil %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
