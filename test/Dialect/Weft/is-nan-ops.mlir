// RUN: weft-opt %s | FileCheck %s
//
// weft.is_nan parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @is_nan_example(
// CHECK: weft.is_nan %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xi1>
func.func @is_nan_example(%x: tensor<4x8xf32>) {
  %y = weft.is_nan %x : (tensor<4x8xf32>) -> tensor<4x8xi1>
  return
}
