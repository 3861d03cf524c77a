// RUN: weft-interp %s | FileCheck %s
//
// What weft.concat computes, in numbers; docs/spec says why.

// Along the last axis.
// CHECK: @concat_inner 0: tensor<2x4xi32> = {{\[\[}}0, 1, 2, 0], [3, 4, 5, 3]]
func.func @concat_inner() -> (tensor<2x4xi32>) {
  %a = weft.constant dense<[[0, 1, 2], [3, 4, 5]]> : tensor<2x3xi32>
  %b = weft.constant dense<[[0], [3]]> : tensor<2x1xi32>
  %y = weft.concat %a, %b {axis = 1 : i64} : (tensor<2x3xi32>, tensor<2x1xi32>) -> tensor<2x4xi32>
  return %y : tensor<2x4xi32>
}
