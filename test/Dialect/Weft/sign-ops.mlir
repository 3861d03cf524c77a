// RUN: weft-opt %s | FileCheck %s
//
// weft.sign parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @sign_example(
// CHECK: weft.sign %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @sign_example(%x: tensor<4x8xf32>) {
  %y = weft.sign %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
