// RUN: weft-interp %s | FileCheck %s
//
// What weft.if computes: one region runs, and may read values from outside.

// CHECK: @if_true 0: tensor<2xf32> = [-1.0, -2.0]
func.func @if_true() -> tensor<2xf32> {
  %c = weft.constant dense<true> : tensor<1xi1>
  %x = weft.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %y = weft.if %c : (tensor<1xi1>) -> tensor<2xf32> {
    %0 = weft.neg %x : (tensor<2xf32>) -> tensor<2xf32>
    weft.yield %0 : tensor<2xf32>
  } else {
    weft.yield %x : tensor<2xf32>
  }
  return %y : tensor<2xf32>
}

// The regions make different sizes.
// CHECK: @if_false_other_size 0: tensor<1xf32> = [7.0]
func.func @if_false_other_size() -> tensor<?xf32> {
  %c = weft.constant dense<false> : tensor<i1>
  %y = weft.if %c : (tensor<i1>) -> tensor<?xf32> {
    %0 = weft.constant dense<[1.0, 2.0]> : tensor<2xf32>
    weft.yield %0 : tensor<2xf32>
  } else {
    %0 = weft.constant dense<7.0> : tensor<1xf32>
    weft.yield %0 : tensor<1xf32>
  }
  return %y : tensor<?xf32>
}
