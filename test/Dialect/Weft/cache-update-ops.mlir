// RUN: weft-opt %s | FileCheck %s
//
// weft.cache_update parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @cache_update_example(
// CHECK: weft.cache_update
// CHECK-SAME: : (tensor<1x8x128x64xf32>, tensor<1x8x1x64xf32>, tensor<1xi64>) -> tensor<1x8x128x64xf32>
func.func @cache_update_example(%c: tensor<1x8x128x64xf32>, %u: tensor<1x8x1x64xf32>, %s: tensor<1xi64>) {
  %r0 = weft.cache_update %c, %u, %s {axis = 2 : i64} : (tensor<1x8x128x64xf32>, tensor<1x8x1x64xf32>, tensor<1xi64>) -> tensor<1x8x128x64xf32>
  return
}
