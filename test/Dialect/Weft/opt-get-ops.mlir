// RUN: weft-opt %s | FileCheck %s
//
// weft.opt_get parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @opt_get_example(
// CHECK: weft.opt_get %{{.*}} : (!weft.opt<tensor<4xf32>>) -> tensor<4xf32>
func.func @opt_get_example(%o: !weft.opt<tensor<4xf32>>) {
  %x = weft.opt_get %o : (!weft.opt<tensor<4xf32>>) -> tensor<4xf32>
  return
}
