// RUN: weft-interp %s | FileCheck %s
//
// What weft.and computes, in numbers; docs/spec says why.

// Logical.
// CHECK: @and_i1 0: tensor<4xi1> = [true, false, false, false]
func.func @and_i1() -> (tensor<4xi1>) {
  %a = weft.constant dense<[true, true, false, false]> : tensor<4xi1>
  %b = weft.constant dense<[true, false, true, false]> : tensor<4xi1>
  %y = weft.and %a, %b : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  return %y : tensor<4xi1>
}

// Bitwise.
// CHECK: @and_i32 0: tensor<2xi32> = [8, 2]
func.func @and_i32() -> (tensor<2xi32>) {
  %a = weft.constant dense<[12, 10]> : tensor<2xi32>
  %b = weft.constant dense<[10, 6]> : tensor<2xi32>
  %y = weft.and %a, %b : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  return %y : tensor<2xi32>
}
