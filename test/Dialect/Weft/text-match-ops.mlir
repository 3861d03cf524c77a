// RUN: weft-opt %s | FileCheck %s
//
// weft.text_match parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @text_match_example(
// CHECK: weft.text_match %{{.*}} {pattern = "[0-9]+"} : (tensor<3x!weft.string>) -> tensor<3xi1>
func.func @text_match_example(%x: tensor<3x!weft.string>) {
  %r = weft.text_match %x {pattern = "[0-9]+"} : (tensor<3x!weft.string>) -> tensor<3xi1>
  return
}
