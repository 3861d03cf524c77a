// RUN: weft-opt %s | FileCheck %s
//
// weft.xor parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @xor_example(
// CHECK: weft.xor %{{.*}}, %{{.*}} : (tensor<4x8xi32>, tensor<1x8xi32>) -> tensor<4x8xi32>
func.func @xor_example(%a: tensor<4x8xi32>, %b: tensor<1x8xi32>) {
  %y = weft.xor %a, %b : (tensor<4x8xi32>, tensor<1x8xi32>) -> tensor<4x8xi32>
  return
}
