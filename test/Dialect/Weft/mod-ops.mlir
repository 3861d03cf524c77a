// RUN: weft-opt %s | FileCheck %s
//
// weft.mod parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @mod_example(
// CHECK: weft.mod %{{.*}}, %{{.*}} {fmod = true} : (tensor<4x8xi32>, tensor<1x8xi32>) -> tensor<4x8xi32>
func.func @mod_example(%a: tensor<4x8xi32>, %b: tensor<1x8xi32>) {
  %y = weft.mod %a, %b {fmod = true} : (tensor<4x8xi32>, tensor<1x8xi32>) -> tensor<4x8xi32>
  return
}
