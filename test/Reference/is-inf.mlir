// RUN: weft-interp %s | FileCheck %s
//
// What weft.is_inf computes, in numbers; docs/spec says why.

// Both infinities.
// CHECK: @is_inf_both 0: tensor<4xi1> = [false, false, true, true]
func.func @is_inf_both() -> (tensor<4xi1>) {
  %x = weft.constant dense<[1.0, 0x7FC00000, 0x7F800000, 0xFF800000]> : tensor<4xf32>
  %y = weft.is_inf %x : (tensor<4xf32>) -> tensor<4xi1>
  return %y : tensor<4xi1>
}

// Only the negative one.
// CHECK: @is_inf_negative 0: tensor<4xi1> = [false, false, false, true]
func.func @is_inf_negative() -> (tensor<4xi1>) {
  %x = weft.constant dense<[1.0, 0x7FC00000, 0x7F800000, 0xFF800000]> : tensor<4xf32>
  %y = weft.is_inf %x {pos = false} : (tensor<4xf32>) -> tensor<4xi1>
  return %y : tensor<4xi1>
}
