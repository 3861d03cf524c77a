// RUN: weft-opt %s | FileCheck %s
//
// weft.asinh parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @asinh_example(
// CHECK: weft.asinh %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @asinh_example(%x: tensor<4x8xf32>) {
  %y = weft.asinh %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
