// RUN: weft-opt %s | FileCheck %s
//
// weft.kernel parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @kernel_example(
// CHECK: weft.kernel "elementwise"(%{{.*}}, %{{.*}}) nodes ["exp_1"] : (tensor<4xf32>, index) -> tensor<4xf32>
// CHECK: weft.exp %{{.*}} : (tensor<4xf32>) -> tensor<4xf32>
// CHECK: weft.yield %{{.*}} : tensor<4xf32>
func.func @kernel_example(%x: tensor<4xf32>, %n: index) {
  %y = weft.kernel "elementwise"(%x, %n) nodes ["exp_1"] : (tensor<4xf32>, index) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>, %m: index):
    %b = weft.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %b : tensor<4xf32>
  }
  return
}
