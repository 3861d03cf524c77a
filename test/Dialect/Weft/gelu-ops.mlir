// RUN: weft-opt %s | FileCheck %s
//
// weft.gelu parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @gelu_example(
// CHECK: weft.gelu %{{.*}} {approx = #weft.gelu_approx<tanh>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @gelu_example(%x: tensor<4x8xf32>) {
  %y = weft.gelu %x {approx = #weft.gelu_approx<tanh>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
