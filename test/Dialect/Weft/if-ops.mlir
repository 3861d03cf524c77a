// RUN: weft-opt %s | FileCheck %s
//
// weft.if parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @if_example(
// CHECK: weft.if %{{.*}} : (tensor<i1>) -> tensor<4xf32>
// CHECK: weft.yield %{{.*}} : tensor<4xf32>
// CHECK: weft.neg %{{.*}} : (tensor<4xf32>) -> tensor<4xf32>
// CHECK: weft.yield %{{.*}} : tensor<4xf32>
func.func @if_example(%c: tensor<i1>, %x: tensor<4xf32>) {
  %y = weft.if %c : (tensor<i1>) -> tensor<4xf32> {
    weft.yield %x : tensor<4xf32>
  } else {
    %z = weft.neg %x : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %z : tensor<4xf32>
  }
  return
}
