// RUN: weft-opt %s | FileCheck %s
//
// weft.gru parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @gru_example(
// CHECK: weft.gru
// CHECK-SAME: : (tensor<5x1x12xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
func.func @gru_example(%g: tensor<5x1x12xf32>, %r: tensor<12x4xf32>, %rb: tensor<12xf32>, %h0: tensor<1x4xf32>) {
  %r0, %r1 = weft.gru %g, %r, %rb, %h0 {acts = ["Sigmoid", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x12xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<1x4xf32>) -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
  return
}
