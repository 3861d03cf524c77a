// RUN: weft-opt %s | FileCheck %s
//
// weft.asin parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @asin_example(
// CHECK: weft.asin %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @asin_example(%x: tensor<4x8xf32>) {
  %y = weft.asin %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
