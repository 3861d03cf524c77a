// RUN: weft-opt %s | FileCheck %s
//
// weft.pad parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @pad_example(
// CHECK: weft.pad %{{.*}} value %{{.*}} lo [1, 0] hi [0, %{{.*}}] : (tensor<4x8xf32>, tensor<f32>, index) -> tensor<5x?xf32>
func.func @pad_example(%x: tensor<4x8xf32>, %v: tensor<f32>, %n: index) {
  %y = weft.pad %x value %v lo [1, 0] hi [0, %n] : (tensor<4x8xf32>, tensor<f32>, index) -> tensor<5x?xf32>
  return
}
