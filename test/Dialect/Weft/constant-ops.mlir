// RUN: weft-opt %s | FileCheck %s
//
// weft.constant parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @constant_example(
// CHECK: weft.constant dense<[1, 2, 3]> : tensor<3xi64>
func.func @constant_example() {
  %y = weft.constant dense<[1, 2, 3]> : tensor<3xi64>
  return
}
