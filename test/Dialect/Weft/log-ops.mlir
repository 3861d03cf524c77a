// RUN: weft-opt %s | FileCheck %s
//
// weft.log parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @log_example(
// CHECK: weft.log %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @log_example(%x: tensor<4x8xf32>) {
  %y = weft.log %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
