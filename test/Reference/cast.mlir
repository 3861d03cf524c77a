// RUN: weft-interp %s | FileCheck %s
//
// What weft.cast computes, in numbers; docs/spec says why.

// Toward zero, saturating; NaN is 0.
// CHECK: @cast_f32_to_i32 0: tensor<6xi32> = [1, -1, 2147483647, -2147483648, 0, 2147483647]
func.func @cast_f32_to_i32() -> (tensor<6xi32>) {
  %x = weft.constant dense<[1.899999976158142, -1.899999976158142, 3000000000.0, -3000000000.0, 0x7FC00000, 0x7F800000]> : tensor<6xf32>
  %y = weft.cast %x {to = i32} : (tensor<6xf32>) -> tensor<6xi32>
  return %y : tensor<6xi32>
}

// The low bits of the i32.
// CHECK: @cast_f32_to_i8 0: tensor<5xi8> = [1, -1, -126, 44, -1]
func.func @cast_f32_to_i8() -> (tensor<5xi8>) {
  %x = weft.constant dense<[1.899999976158142, -1.899999976158142, 130.0, 300.0, 3000000000.0]> : tensor<5xf32>
  %y = weft.cast %x {to = i8} : (tensor<5xf32>) -> tensor<5xi8>
  return %y : tensor<5xi8>
}

// The low bits of the i64.
// CHECK: @cast_f32_to_ui32 0: tensor<3xui32> = [1, 4294967295, 3000000000]
func.func @cast_f32_to_ui32() -> (tensor<3xui32>) {
  %x = weft.constant dense<[1.899999976158142, -1.0, 3000000000.0]> : tensor<3xf32>
  %y = weft.cast %x {to = ui32} : (tensor<3xf32>) -> tensor<3xui32>
  return %y : tensor<3xui32>
}

// Four bits are left.
// CHECK: @cast_f32_to_i4 0: tensor<3xi4> = [7, 7, -8]
func.func @cast_f32_to_i4() -> (tensor<3xi4>) {
  %x = weft.constant dense<[-9.0, 7.0, 8.0]> : tensor<3xf32>
  %y = weft.cast %x {to = i4} : (tensor<3xf32>) -> tensor<3xi4>
  return %y : tensor<3xi4>
}

// Not zero is true, NaN too.
// CHECK: @cast_f32_to_i1 0: tensor<4xi1> = [false, false, true, true]
func.func @cast_f32_to_i1() -> (tensor<4xi1>) {
  %x = weft.constant dense<[0.0, -0.0, 0.5, 0x7FC00000]> : tensor<4xf32>
  %y = weft.cast %x {to = i1} : (tensor<4xf32>) -> tensor<4xi1>
  return %y : tensor<4xi1>
}

// Not zero is true.
// CHECK: @cast_i32_to_i1 0: tensor<3xi1> = [false, true, true]
func.func @cast_i32_to_i1() -> (tensor<3xi1>) {
  %x = weft.constant dense<[0, 2, -1]> : tensor<3xi32>
  %y = weft.cast %x {to = i1} : (tensor<3xi32>) -> tensor<3xi1>
  return %y : tensor<3xi1>
}

// Rounded once.
// CHECK: @cast_i64_to_f32 0: tensor<2xf32> = [16777216.0, 9.0072e+15]
func.func @cast_i64_to_f32() -> (tensor<2xf32>) {
  %x = weft.constant dense<[16777217, 9007199791611905]> : tensor<2xi64>
  %y = weft.cast %x {to = f32} : (tensor<2xi64>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// Half to even.
// CHECK: @cast_f64_to_bf16 0: tensor<3xbf16> = [1.0, 1.0, 1.015625]
func.func @cast_f64_to_bf16() -> (tensor<3xbf16>) {
  %x = weft.constant dense<[1.0, 1.00390625, 1.01171875]> : tensor<3xf64>
  %y = weft.cast %x {to = bf16} : (tensor<3xf64>) -> tensor<3xbf16>
  return %y : tensor<3xbf16>
}

// Saturating: the greatest value is 448.
// CHECK: @cast_f32_to_f8e4m3 0: tensor<4xf8E4M3FN> = [1.0, 448.0, -448.0, 0.3125]
func.func @cast_f32_to_f8e4m3() -> (tensor<4xf8E4M3FN>) {
  %x = weft.constant dense<[1.0, 500.0, 0xFF800000, 0.30000001192092896]> : tensor<4xf32>
  %y = weft.cast %x {to = f8E4M3FN} : (tensor<4xf32>) -> tensor<4xf8E4M3FN>
  return %y : tensor<4xf8E4M3FN>
}

// Out of range becomes infinite.
// CHECK: @cast_f32_to_f8e5m2_unsaturated 0: tensor<3xf8E5M2> = [1.0, inf, -inf]
func.func @cast_f32_to_f8e5m2_unsaturated() -> (tensor<3xf8E5M2>) {
  %x = weft.constant dense<[1.0, 70000.0, 0xFF800000]> : tensor<3xf32>
  %y = weft.cast %x {saturate = false, to = f8E5M2} : (tensor<3xf32>) -> tensor<3xf8E5M2>
  return %y : tensor<3xf8E5M2>
}

// Out of range becomes NaN.
// CHECK: @cast_f32_to_f8e4m3_unsaturated 0: tensor<2xf8E4M3FN> = [448.0, nan]
func.func @cast_f32_to_f8e4m3_unsaturated() -> (tensor<2xf8E4M3FN>) {
  %x = weft.constant dense<[448.0, 1000.0]> : tensor<2xf32>
  %y = weft.cast %x {saturate = false, to = f8E4M3FN} : (tensor<2xf32>) -> tensor<2xf8E4M3FN>
  return %y : tensor<2xf8E4M3FN>
}

// Saturating at 6.
// CHECK: @cast_f32_to_f4 0: tensor<4xf4E2M1FN> = [0.5, 3.0, 6.0, -6.0]
func.func @cast_f32_to_f4() -> (tensor<4xf4E2M1FN>) {
  %x = weft.constant dense<[0.5, 2.5999999046325684, 9.0, -7.0]> : tensor<4xf32>
  %y = weft.cast %x {to = f4E2M1FN} : (tensor<4xf32>) -> tensor<4xf4E2M1FN>
  return %y : tensor<4xf4E2M1FN>
}

// The next power of two.
// CHECK: @cast_f32_to_e8m0 0: tensor<4xf8E8M0FNU> = [1.0, 2.0, 5.877472e-39, 4.0]
func.func @cast_f32_to_e8m0() -> (tensor<4xf8E8M0FNU>) {
  %x = weft.constant dense<[1.0, 1.5, 0.0, 3.0]> : tensor<4xf32>
  %y = weft.cast %x {to = f8E8M0FNU} : (tensor<4xf32>) -> tensor<4xf8E8M0FNU>
  return %y : tensor<4xf8E8M0FNU>
}

// Decimal text in any spelling.
// CHECK: @cast_string_to_f32 0: tensor<4xf32> = [1.5, -inf, nan, 1e+03]
func.func @cast_string_to_f32() -> (tensor<4xf32>) {
  %x = weft.constant dense<["1.5", "-INF", "NaN", "1e3"]> : tensor<4x!weft.string>
  %y = weft.cast %x {to = f32} : (tensor<4x!weft.string>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// The shortest text that reads back.
// CHECK: @cast_f32_to_string 0: tensor<4x!weft.string> = ["0.1", "1.0", "1e+20", "NaN"]
func.func @cast_f32_to_string() -> (tensor<4x!weft.string>) {
  %x = weft.constant dense<[0.10000000149011612, 1.0, 1.0000000200408773e+20, 0x7FC00000]> : tensor<4xf32>
  %y = weft.cast %x {to = !weft.string} : (tensor<4xf32>) -> tensor<4x!weft.string>
  return %y : tensor<4x!weft.string>
}
