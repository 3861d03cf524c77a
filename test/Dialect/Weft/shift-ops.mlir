// RUN: weft-opt %s | FileCheck %s
//
// weft.shift parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @shift_example(
// CHECK: weft.shift %{{.*}}, %{{.*}} {dir = #weft.direction<left>} : (tensor<4x8xi32>, tensor<1x8xi32>) -> tensor<4x8xi32>
func.func @shift_example(%a: tensor<4x8xi32>, %b: tensor<1x8xi32>) {
  %y = weft.shift %a, %b {dir = #weft.direction<left>} : (tensor<4x8xi32>, tensor<1x8xi32>) -> tensor<4x8xi32>
  return
}
