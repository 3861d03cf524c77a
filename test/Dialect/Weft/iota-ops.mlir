// RUN: weft-opt %s | FileCheck %s
//
// weft.iota parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @iota_example(
// CHECK: weft.iota [%{{.*}}, 4] {axis = 0 : i64, to = i64} : (index) -> tensor<?x4xi64>
func.func @iota_example(%n: index) {
  %y = weft.iota [%n, 4] {axis = 0 : i64, to = i64} : (index) -> tensor<?x4xi64>
  return
}
