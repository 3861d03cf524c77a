// RUN: weft-opt %s | FileCheck %s
//
// weft.linear_attention parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @linear_attention_example(
// CHECK: weft.linear_attention
// CHECK-SAME: : (tensor<1x3x2x4xf32>, tensor<1x3x2x4xf32>, tensor<1x3x2x4xf32>) -> (tensor<1x3x2x4xf32>, tensor<1x2x4x4xf32>)
func.func @linear_attention_example(%q: tensor<1x3x2x4xf32>, %k: tensor<1x3x2x4xf32>, %v: tensor<1x3x2x4xf32>) {
  %r0, %r1 = weft.linear_attention %q, %k, %v {rule = #weft.recurrent_rule<linear>, scale = 5.000000e-01 : f64} : (tensor<1x3x2x4xf32>, tensor<1x3x2x4xf32>, tensor<1x3x2x4xf32>) -> (tensor<1x3x2x4xf32>, tensor<1x2x4x4xf32>)
  return
}
