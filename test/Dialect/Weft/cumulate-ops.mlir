// RUN: weft-opt %s | FileCheck %s
//
// weft.cumulate parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @cumulate_example(
// CHECK: weft.cumulate sum %{{.*}} {axis = 1 : i64, exclusive = true} : (tensor<4x8xi32>) -> tensor<4x8xi32>
func.func @cumulate_example(%x: tensor<4x8xi32>) {
  %y = weft.cumulate sum %x {axis = 1 : i64, exclusive = true} : (tensor<4x8xi32>) -> tensor<4x8xi32>
  return
}
