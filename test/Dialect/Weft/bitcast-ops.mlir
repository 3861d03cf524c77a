// RUN: weft-opt %s | FileCheck %s
//
// weft.bitcast parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @bitcast_example(
// CHECK: weft.bitcast %{{.*}} {to = i32} : (tensor<4x8xf32>) -> tensor<4x8xi32>
func.func @bitcast_example(%x: tensor<4x8xf32>) {
  %y = weft.bitcast %x {to = i32} : (tensor<4x8xf32>) -> tensor<4x8xi32>
  return
}
