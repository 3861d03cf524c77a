// RUN: weft-opt %s | FileCheck %s
//
// weft.slice parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @slice_example(
// CHECK: weft.slice %{{.*}} [%{{.*}}, 0] [2, 4] {strides = array<i64: 1, 2>} : (tensor<8x8xf32>, index) -> tensor<2x4xf32>
func.func @slice_example(%x: tensor<8x8xf32>, %i: index) {
  %y = weft.slice %x [%i, 0] [2, 4] {strides = array<i64: 1, 2>} : (tensor<8x8xf32>, index) -> tensor<2x4xf32>
  return
}
