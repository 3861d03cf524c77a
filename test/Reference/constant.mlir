// RUN: weft-interp %s | FileCheck %s
//
// What weft.constant computes, in numbers; docs/spec says why.

// Row-major.
// CHECK: @constant_i32 0: tensor<2x3xi32> = {{\[\[}}0, 1, 2], [3, 4, 5]]
func.func @constant_i32() -> (tensor<2x3xi32>) {
  %y = weft.constant dense<[[0, 1, 2], [3, 4, 5]]> : tensor<2x3xi32>
  return %y : tensor<2x3xi32>
}
