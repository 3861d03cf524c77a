// RUN: weft-interp %s | FileCheck %s
//
// What weft.slice computes, in numbers; docs/spec says why.

// From 1, every second.
// CHECK: @slice_strided 0: tensor<3xi32> = [1, 3, 5]
func.func @slice_strided() -> (tensor<3xi32>) {
  %x = weft.constant dense<[0, 1, 2, 3, 4, 5]> : tensor<6xi32>
  %y = weft.slice %x [1] [3] {strides = array<i64: 2>} : (tensor<6xi32>) -> tensor<3xi32>
  return %y : tensor<3xi32>
}

// An index operand.
// CHECK: @slice_dynamic_offset 0: tensor<1x2xi32> = {{\[\[}}3, 4]]
func.func @slice_dynamic_offset() -> (tensor<1x2xi32>) {
  %x = weft.constant dense<[[0, 1, 2], [3, 4, 5]]> : tensor<2x3xi32>
  %i = arith.constant 1 : index
  %y = weft.slice %x [%i, 0] [1, 2] {strides = array<i64: 1, 1>} : (tensor<2x3xi32>, index) -> tensor<1x2xi32>
  return %y : tensor<1x2xi32>
}
