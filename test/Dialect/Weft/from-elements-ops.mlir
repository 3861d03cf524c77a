// RUN: weft-opt %s | FileCheck %s
//
// weft.from_elements parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @from_elements_example(
// CHECK: weft.from_elements %{{.*}}, %{{.*}} : tensor<2xi64>
func.func @from_elements_example(%m: index, %n: index) {
  %y = weft.from_elements %m, %n : tensor<2xi64>
  return
}
