// RUN: weft-interp %s | FileCheck %s
//
// What weft.from_elements computes, in numbers; docs/spec says why.

// Index values as i64.
// CHECK: @from_elements_two 0: tensor<2xi64> = [7, -1]
func.func @from_elements_two() -> (tensor<2xi64>) {
  %m = arith.constant 7 : index
  %n = arith.constant -1 : index
  %y = weft.from_elements %m, %n : tensor<2xi64>
  return %y : tensor<2xi64>
}
