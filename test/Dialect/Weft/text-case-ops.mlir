// RUN: weft-opt %s | FileCheck %s
//
// weft.text_case parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @text_case_example(
// CHECK: weft.text_case %{{.*}} {upper = true} : (tensor<3x!weft.string>) -> tensor<3x!weft.string>
func.func @text_case_example(%x: tensor<3x!weft.string>) {
  %r = weft.text_case %x {upper = true} : (tensor<3x!weft.string>) -> tensor<3x!weft.string>
  return
}
