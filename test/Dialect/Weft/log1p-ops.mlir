// RUN: weft-opt %s | FileCheck %s
//
// weft.log1p parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @log1p_example(
// CHECK: weft.log1p %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @log1p_example(%x: tensor<4x8xf32>) {
  %y = weft.log1p %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
