// RUN: weft-opt %s | FileCheck %s
//
// weft.expm1 parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @expm1_example(
// CHECK: weft.expm1 %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @expm1_example(%x: tensor<4x8xf32>) {
  %y = weft.expm1 %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
