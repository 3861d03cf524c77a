// RUN: weft-opt %s | FileCheck %s
//
// weft.yield parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @yield_example(
// CHECK: weft.if %{{.*}} : (tensor<i1>) -> ()
// CHECK: weft.yield
// CHECK: weft.yield
func.func @yield_example(%c: tensor<i1>) {
  weft.if %c : (tensor<i1>) -> () {
    weft.yield
  } else {
    weft.yield
  }
  return
}
