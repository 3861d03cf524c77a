// RUN: weft-opt %s | FileCheck %s
//
// weft.text_rank parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @text_rank_example(
// CHECK: weft.text_rank %{{.*}} : (tensor<3x!weft.string>) -> tensor<3xi64>
func.func @text_rank_example(%x: tensor<3x!weft.string>) {
  %r = weft.text_rank %x : (tensor<3x!weft.string>) -> tensor<3xi64>
  return
}
