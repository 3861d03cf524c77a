// RUN: weft-opt %s | FileCheck %s
//
// weft.text_parse parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @text_parse_example(
// CHECK: weft.text_parse %{{.*}} {to = f64} : (tensor<3x!weft.string>) -> tensor<3xf64>
func.func @text_parse_example(%x: tensor<3x!weft.string>) {
  %r = weft.text_parse %x {to = f64} : (tensor<3x!weft.string>) -> tensor<3xf64>
  return
}
