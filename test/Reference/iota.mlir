// RUN: weft-interp %s | FileCheck %s
//
// What weft.iota computes, in numbers; docs/spec says why.

// Sizes may be index values.
// CHECK: @iota_dynamic 0: tensor<2x3xi32> = {{\[\[}}0, 1, 2], [0, 1, 2]]
func.func @iota_dynamic() -> (tensor<2x3xi32>) {
  %n = arith.constant 2 : index
  %y = weft.iota [%n, 3] {axis = 1 : i64, to = i32} : (index) -> tensor<2x3xi32>
  return %y : tensor<2x3xi32>
}
