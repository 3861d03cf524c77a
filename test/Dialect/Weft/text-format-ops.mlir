// RUN: weft-opt %s | FileCheck %s
//
// weft.text_format parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @text_format_example(
// CHECK: weft.text_format %{{.*}} {to = !weft.string} : (tensor<3xf32>) -> tensor<3x!weft.string>
func.func @text_format_example(%x: tensor<3xf32>) {
  %r = weft.text_format %x {to = !weft.string} : (tensor<3xf32>) -> tensor<3x!weft.string>
  return
}
