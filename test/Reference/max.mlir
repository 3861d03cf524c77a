// RUN: weft-interp %s | FileCheck %s
//
// What weft.max computes, in numbers; docs/spec says why.

// NaN wins on either side.
// CHECK: @max_nan 0: tensor<3xf32> = [2.0, nan, nan]
func.func @max_nan() -> (tensor<3xf32>) {
  %a = weft.constant dense<[1.0, 0x7FC00000, 3.0]> : tensor<3xf32>
  %b = weft.constant dense<[2.0, 1.0, 0x7FC00000]> : tensor<3xf32>
  %y = weft.max %a, %b : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// Unsigned order.
// CHECK: @max_ui64 0: tensor<1xui64> = [9223372036854775813]
func.func @max_ui64() -> (tensor<1xui64>) {
  %a = weft.constant dense<[1]> : tensor<1xui64>
  %b = weft.constant dense<[9223372036854775813]> : tensor<1xui64>
  %y = weft.max %a, %b : (tensor<1xui64>, tensor<1xui64>) -> tensor<1xui64>
  return %y : tensor<1xui64>
}
