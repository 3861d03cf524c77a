// RUN: weft-opt %s | FileCheck %s
//
// weft.text_find parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @text_find_example(
// CHECK: weft.text_find %{{.*}}, %{{.*}} {least = 1 : i64, pattern = "[a-z]+"} : (tensor<3x!weft.string>, tensor<!weft.string>) -> (tensor<3x?x!weft.string>, tensor<3xi64>)
func.func @text_find_example(%x: tensor<3x!weft.string>, %f: tensor<!weft.string>) {
  %p, %n = weft.text_find %x, %f {least = 1 : i64, pattern = "[a-z]+"} : (tensor<3x!weft.string>, tensor<!weft.string>) -> (tensor<3x?x!weft.string>, tensor<3xi64>)
  return
}
