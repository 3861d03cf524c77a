// RUN: weft-opt %s | FileCheck %s
//
// weft.gather parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @gather_example(
// CHECK: weft.gather %{{.*}}, %{{.*}} {axis = 0 : i64} : (tensor<16x8xf32>, tensor<2x3xi64>) -> tensor<2x3x8xf32>
func.func @gather_example(%x: tensor<16x8xf32>, %i: tensor<2x3xi64>) {
  %y = weft.gather %x, %i {axis = 0 : i64} : (tensor<16x8xf32>, tensor<2x3xi64>) -> tensor<2x3x8xf32>
  return
}
