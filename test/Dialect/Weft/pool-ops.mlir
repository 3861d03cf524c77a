// RUN: weft-opt %s | FileCheck %s
//
// weft.pool parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @pool_example(
// CHECK: weft.pool max %{{.*}} {axes = array<i64: 2, 3>, dilations = array<i64: 1, 1>, kernel = array<i64: 2, 2>, pads_hi = array<i64: 0, 0>, pads_lo = array<i64: 0, 0>, strides = array<i64: 2, 2>} : (tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32>
func.func @pool_example(%x: tensor<1x3x8x8xf32>) {
  %y = weft.pool max %x {axes = array<i64: 2, 3>, dilations = array<i64: 1, 1>, kernel = array<i64: 2, 2>, pads_hi = array<i64: 0, 0>, pads_lo = array<i64: 0, 0>, strides = array<i64: 2, 2>} : (tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32>
  return
}
