// RUN: weft-opt %s | FileCheck %s
//
// weft.opt_has parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @opt_has_example(
// CHECK: weft.opt_has %{{.*}} : (!weft.opt<tensor<4xf32>>) -> i1
func.func @opt_has_example(%o: !weft.opt<tensor<4xf32>>) {
  %h = weft.opt_has %o : (!weft.opt<tensor<4xf32>>) -> i1
  return
}
