// RUN: weft-interp %s | FileCheck %s
//
// What weft.reverse computes, in numbers; docs/spec says why.

// Both axes.
// CHECK: @reverse_both 0: tensor<2x3xi32> = {{\[\[}}5, 4, 3], [2, 1, 0]]
func.func @reverse_both() -> (tensor<2x3xi32>) {
  %x = weft.constant dense<[[0, 1, 2], [3, 4, 5]]> : tensor<2x3xi32>
  %y = weft.reverse %x {axes = array<i64: 0, 1>} : (tensor<2x3xi32>) -> tensor<2x3xi32>
  return %y : tensor<2x3xi32>
}
