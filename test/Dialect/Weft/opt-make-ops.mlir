// RUN: weft-opt %s | FileCheck %s
//
// weft.opt_make parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @opt_make_example(
// CHECK: weft.opt_make %{{.*}} : (tensor<4xf32>) -> !weft.opt<tensor<4xf32>>
func.func @opt_make_example(%x: tensor<4xf32>) {
  %o = weft.opt_make %x : (tensor<4xf32>) -> !weft.opt<tensor<4xf32>>
  return
}
