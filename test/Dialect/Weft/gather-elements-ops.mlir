// RUN: weft-opt %s | FileCheck %s
//
// weft.gather_elements parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @gather_elements_example(
// CHECK: weft.gather_elements %{{.*}}, %{{.*}} {axis = 1 : i64} : (tensor<4x8xf32>, tensor<4x2xi64>) -> tensor<4x2xf32>
func.func @gather_elements_example(%x: tensor<4x8xf32>, %i: tensor<4x2xi64>) {
  %y = weft.gather_elements %x, %i {axis = 1 : i64} : (tensor<4x8xf32>, tensor<4x2xi64>) -> tensor<4x2xf32>
  return
}
