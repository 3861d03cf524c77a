// RUN: weft-opt %s | FileCheck %s
//
// weft.normalize parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @normalize_example(
// CHECK: weft.normalize %{{.*}} {axes = array<i64: 1>, epsilon = 1.000000e-05 : f64} : (tensor<4x8xf16>) -> (tensor<4x8xf16>, tensor<4x1xf32>, tensor<4x1xf32>)
func.func @normalize_example(%x: tensor<4x8xf16>) {
  %y, %mean, %inv_std = weft.normalize %x {axes = array<i64: 1>, epsilon = 1.000000e-05 : f64} : (tensor<4x8xf16>) -> (tensor<4x8xf16>, tensor<4x1xf32>, tensor<4x1xf32>)
  return
}
