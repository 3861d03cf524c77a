// RUN: weft-interp %s | FileCheck %s
//
// What weft.pad computes, in numbers; docs/spec says why.

// The value on both sides.
// CHECK: @pad_constant 0: tensor<6xi32> = [9, 1, 2, 3, 9, 9]
func.func @pad_constant() -> (tensor<6xi32>) {
  %x = weft.constant dense<[1, 2, 3]> : tensor<3xi32>
  %v = weft.constant dense<9> : tensor<i32>
  %y = weft.pad %x value %v lo [1] hi [2] : (tensor<3xi32>, tensor<i32>) -> tensor<6xi32>
  return %y : tensor<6xi32>
}

// The ends repeat.
// CHECK: @pad_edge 0: tensor<10xi32> = [1, 1, 1, 1, 1, 2, 3, 3, 3, 3]
func.func @pad_edge() -> (tensor<10xi32>) {
  %x = weft.constant dense<[1, 2, 3]> : tensor<3xi32>
  %y = weft.pad %x lo [4] hi [3] {mode = #weft.pad_mode<edge>} : (tensor<3xi32>) -> tensor<10xi32>
  return %y : tensor<10xi32>
}

// The mirror image, longer than the operand.
// CHECK: @pad_reflect 0: tensor<10xi32> = [1, 2, 3, 2, 1, 2, 3, 2, 1, 2]
func.func @pad_reflect() -> (tensor<10xi32>) {
  %x = weft.constant dense<[1, 2, 3]> : tensor<3xi32>
  %y = weft.pad %x lo [4] hi [3] {mode = #weft.pad_mode<reflect>} : (tensor<3xi32>) -> tensor<10xi32>
  return %y : tensor<10xi32>
}

// Round and round.
// CHECK: @pad_wrap 0: tensor<10xi32> = [3, 1, 2, 3, 1, 2, 3, 1, 2, 3]
func.func @pad_wrap() -> (tensor<10xi32>) {
  %x = weft.constant dense<[1, 2, 3]> : tensor<3xi32>
  %y = weft.pad %x lo [4] hi [3] {mode = #weft.pad_mode<wrap>} : (tensor<3xi32>) -> tensor<10xi32>
  return %y : tensor<10xi32>
}
