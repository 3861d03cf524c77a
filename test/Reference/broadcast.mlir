// RUN: weft-interp %s | FileCheck %s
//
// What weft.broadcast computes, in numbers; docs/spec says why.

// A row twice.
// CHECK: @broadcast_row 0: tensor<2x3xi32> = {{\[\[}}0, 1, 2], [0, 1, 2]]
func.func @broadcast_row() -> (tensor<2x3xi32>) {
  %x = weft.constant dense<[[0, 1, 2]]> : tensor<1x3xi32>
  %y = weft.broadcast %x to [2, 3] : (tensor<1x3xi32>) -> tensor<2x3xi32>
  return %y : tensor<2x3xi32>
}
