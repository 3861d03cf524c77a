// RUN: weft-interp %s | FileCheck %s
//
// What weft.or computes, in numbers; docs/spec says why.

// Logical.
// CHECK: @or_i1 0: tensor<4xi1> = [true, true, true, false]
func.func @or_i1() -> (tensor<4xi1>) {
  %a = weft.constant dense<[true, true, false, false]> : tensor<4xi1>
  %b = weft.constant dense<[true, false, true, false]> : tensor<4xi1>
  %y = weft.or %a, %b : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  return %y : tensor<4xi1>
}

// Bitwise.
// CHECK: @or_i32 0: tensor<2xi32> = [14, 14]
func.func @or_i32() -> (tensor<2xi32>) {
  %a = weft.constant dense<[12, 10]> : tensor<2xi32>
  %b = weft.constant dense<[10, 6]> : tensor<2xi32>
  %y = weft.or %a, %b : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  return %y : tensor<2xi32>
}
