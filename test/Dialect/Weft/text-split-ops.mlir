// RUN: weft-opt %s | FileCheck %s
//
// weft.text_split parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @text_split_example(
// CHECK: weft.text_split %{{.*}}, %{{.*}}, %{{.*}} {limit = -1 : i64} : (tensor<3x!weft.string>, tensor<!weft.string>, tensor<!weft.string>) -> (tensor<3x?x!weft.string>, tensor<3xi64>)
func.func @text_split_example(%x: tensor<3x!weft.string>, %d: tensor<!weft.string>, %f: tensor<!weft.string>) {
  %p, %n = weft.text_split %x, %d, %f {limit = -1 : i64} : (tensor<3x!weft.string>, tensor<!weft.string>, tensor<!weft.string>) -> (tensor<3x?x!weft.string>, tensor<3xi64>)
  return
}
