// RUN: weft-interp %s | FileCheck %s
//
// What weft.kernel computes: its region, on its inputs.

// CHECK: @kernel_add_and_size 0: tensor<2x3xf32> = {{\[\[}}2.0, 4.0, 6.0], [2.0, 4.0, 6.0]]
func.func @kernel_add_and_size() -> tensor<?x3xf32> {
  %x = weft.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32>
  %n = arith.constant 2 : index
  %y = weft.kernel "elementwise"(%x, %n) nodes ["a", "b"] : (tensor<1x3xf32>, index) -> tensor<?x3xf32> {
  ^bb0(%a: tensor<1x3xf32>, %m: index):
    %0 = weft.add %a, %a : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
    %1 = weft.broadcast %0 to [%m, 3] : (tensor<1x3xf32>, index) -> tensor<?x3xf32>
    weft.yield %1 : tensor<?x3xf32>
  }
  return %y : tensor<?x3xf32>
}
