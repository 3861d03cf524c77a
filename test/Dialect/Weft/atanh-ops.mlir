// RUN: weft-opt %s | FileCheck %s
//
// weft.atanh parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @atanh_example(
// CHECK: weft.atanh %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @atanh_example(%x: tensor<4x8xf32>) {
  %y = weft.atanh %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
