// RUN: weft-opt %s | FileCheck %s
//
// weft.text_concat parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @text_concat_example(
// CHECK: weft.text_concat %{{.*}}, %{{.*}} : (tensor<3x!weft.string>, tensor<3x!weft.string>) -> tensor<3x!weft.string>
func.func @text_concat_example(%x: tensor<3x!weft.string>, %y: tensor<3x!weft.string>) {
  %r = weft.text_concat %x, %y : (tensor<3x!weft.string>, tensor<3x!weft.string>) -> tensor<3x!weft.string>
  return
}
