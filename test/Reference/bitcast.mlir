// RUN: weft-interp %s | FileCheck %s
//
// What weft.bitcast computes, in numbers; docs/spec says why.

// The same bits.
// CHECK: @bitcast_f32_to_i32 0: tensor<2xi32> = [1065353216, -2147483648]
func.func @bitcast_f32_to_i32() -> (tensor<2xi32>) {
  %x = weft.constant dense<[1.0, -0.0]> : tensor<2xf32>
  %y = weft.bitcast %x {to = i32} : (tensor<2xf32>) -> tensor<2xi32>
  return %y : tensor<2xi32>
}
