// RUN: weft-opt %s | FileCheck %s
//
// weft.tanh parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @tanh_example(
// CHECK: weft.tanh %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @tanh_example(%x: tensor<4x8xf32>) {
  %y = weft.tanh %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
