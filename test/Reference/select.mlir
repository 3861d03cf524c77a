// RUN: weft-interp %s | FileCheck %s
//
// What weft.select computes, in numbers; docs/spec says why.

// The condition of a row chooses between a matrix and a scalar.
// CHECK: @select_broadcast 0: tensor<2x3xf32> = {{\[\[}}1.0, -1.0, 3.0], [4.0, -1.0, 6.0]]
func.func @select_broadcast() -> (tensor<2x3xf32>) {
  %c = weft.constant dense<[[true, false, true]]> : tensor<1x3xi1>
  %a = weft.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %b = weft.constant dense<[[-1.0]]> : tensor<1x1xf32>
  %y = weft.select %c, %a, %b : (tensor<1x3xi1>, tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
