// RUN: weft-opt %s | FileCheck %s
//
// weft.is_inf parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @is_inf_example(
// CHECK: weft.is_inf %{{.*}} {neg = false} : (tensor<4x8xf32>) -> tensor<4x8xi1>
func.func @is_inf_example(%x: tensor<4x8xf32>) {
  %y = weft.is_inf %x {neg = false} : (tensor<4x8xf32>) -> tensor<4x8xi1>
  return
}
