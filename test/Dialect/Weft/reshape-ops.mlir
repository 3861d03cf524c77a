// RUN: weft-opt %s | FileCheck %s
//
// weft.reshape parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @reshape_example(
// CHECK: weft.reshape %{{.*}} to [2, %{{.*}}] : (tensor<4x6xf32>, index) -> tensor<2x?xf32>
func.func @reshape_example(%x: tensor<4x6xf32>, %n: index) {
  %y = weft.reshape %x to [2, %n] : (tensor<4x6xf32>, index) -> tensor<2x?xf32>
  return
}
