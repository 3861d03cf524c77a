// RUN: weft-opt %s | FileCheck %s
//
// weft.erf parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @erf_example(
// CHECK: weft.erf %{{.*}} : (tensor<4x8xf32>) -> tensor<4x8xf32>
func.func @erf_example(%x: tensor<4x8xf32>) {
  %y = weft.erf %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
