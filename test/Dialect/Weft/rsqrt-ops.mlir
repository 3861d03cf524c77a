// RUN: weft-opt %s | FileCheck %s
//
// weft.rsqrt parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @rsqrt_example(
// CHECK: weft.rsqrt %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @rsqrt_example(%x: tensor<4x8xf32>) {
  %y = weft.rsqrt %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
