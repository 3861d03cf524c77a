// RUN: weft-opt %s | FileCheck %s
//
// weft.attention parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @attention_example(
// CHECK: weft.attention
// CHECK-SAME: : (tensor<1x8x16x64xf32>, tensor<1x2x16x64xf32>, tensor<1x2x16x64xf32>) -> tensor<1x8x16x64xf32>
func.func @attention_example(%q: tensor<1x8x16x64xf32>, %k: tensor<1x2x16x64xf32>, %v: tensor<1x2x16x64xf32>) {
  %r0 = weft.attention %q, %k, %v {scale = 1.250000e-01 : f64, causal = true} : (tensor<1x8x16x64xf32>, tensor<1x2x16x64xf32>, tensor<1x2x16x64xf32>) -> tensor<1x8x16x64xf32>
  return
}
