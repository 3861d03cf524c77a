// RUN: weft-opt %s | FileCheck %s
//
// weft.roi_pool parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @roi_pool_example(
// CHECK: weft.roi_pool
// CHECK-SAME: : (tensor<1x1x10x10xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<3x1x5x5xf32>
func.func @roi_pool_example(%x: tensor<1x1x10x10xf32>, %r: tensor<3x4xf32>, %b: tensor<3xi64>) {
  %r0 = weft.roi_pool %x, %r batch %b {out = array<i64: 5, 5>, scale = 1.000000e+00 : f64, kind = #weft.roi_kind<align_avg>, sampling = 2 : i64} : (tensor<1x1x10x10xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<3x1x5x5xf32>
  return
}
