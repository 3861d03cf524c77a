// RUN: weft-interp %s | FileCheck %s
//
// What weft.compare computes, in numbers; docs/spec says why.

// NaN is in no relation, but it is ne.
// CHECK: @compare_eq 0: tensor<5xi1> = [false, true, false, false, true]
func.func @compare_eq() -> (tensor<5xi1>) {
  %a = weft.constant dense<[1.0, 2.0, 2.0, 0x7FC00000, 0.0]> : tensor<5xf32>
  %b = weft.constant dense<[2.0, 2.0, 1.0, 0x7FC00000, -0.0]> : tensor<5xf32>
  %y = weft.compare eq %a, %b : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  return %y : tensor<5xi1>
}

// NaN is in no relation, but it is ne.
// CHECK: @compare_ne 0: tensor<5xi1> = [true, false, true, true, false]
func.func @compare_ne() -> (tensor<5xi1>) {
  %a = weft.constant dense<[1.0, 2.0, 2.0, 0x7FC00000, 0.0]> : tensor<5xf32>
  %b = weft.constant dense<[2.0, 2.0, 1.0, 0x7FC00000, -0.0]> : tensor<5xf32>
  %y = weft.compare ne %a, %b : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  return %y : tensor<5xi1>
}

// NaN is in no relation, but it is ne.
// CHECK: @compare_lt 0: tensor<5xi1> = [true, false, false, false, false]
func.func @compare_lt() -> (tensor<5xi1>) {
  %a = weft.constant dense<[1.0, 2.0, 2.0, 0x7FC00000, 0.0]> : tensor<5xf32>
  %b = weft.constant dense<[2.0, 2.0, 1.0, 0x7FC00000, -0.0]> : tensor<5xf32>
  %y = weft.compare lt %a, %b : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  return %y : tensor<5xi1>
}

// NaN is in no relation, but it is ne.
// CHECK: @compare_le 0: tensor<5xi1> = [true, true, false, false, true]
func.func @compare_le() -> (tensor<5xi1>) {
  %a = weft.constant dense<[1.0, 2.0, 2.0, 0x7FC00000, 0.0]> : tensor<5xf32>
  %b = weft.constant dense<[2.0, 2.0, 1.0, 0x7FC00000, -0.0]> : tensor<5xf32>
  %y = weft.compare le %a, %b : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  return %y : tensor<5xi1>
}

// NaN is in no relation, but it is ne.
// CHECK: @compare_gt 0: tensor<5xi1> = [false, false, true, false, false]
func.func @compare_gt() -> (tensor<5xi1>) {
  %a = weft.constant dense<[1.0, 2.0, 2.0, 0x7FC00000, 0.0]> : tensor<5xf32>
  %b = weft.constant dense<[2.0, 2.0, 1.0, 0x7FC00000, -0.0]> : tensor<5xf32>
  %y = weft.compare gt %a, %b : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  return %y : tensor<5xi1>
}

// NaN is in no relation, but it is ne.
// CHECK: @compare_ge 0: tensor<5xi1> = [false, true, true, false, true]
func.func @compare_ge() -> (tensor<5xi1>) {
  %a = weft.constant dense<[1.0, 2.0, 2.0, 0x7FC00000, 0.0]> : tensor<5xf32>
  %b = weft.constant dense<[2.0, 2.0, 1.0, 0x7FC00000, -0.0]> : tensor<5xf32>
  %y = weft.compare ge %a, %b : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  return %y : tensor<5xi1>
}

// Unsigned order.
// CHECK: @compare_ui64 0: tensor<1xi1> = [true]
func.func @compare_ui64() -> (tensor<1xi1>) {
  %a = weft.constant dense<[1]> : tensor<1xui64>
  %b = weft.constant dense<[9223372036854775808]> : tensor<1xui64>
  %y = weft.compare lt %a, %b : (tensor<1xui64>, tensor<1xui64>) -> tensor<1xi1>
  return %y : tensor<1xi1>
}

// Text by bytes.
// CHECK: @compare_strings 0: tensor<2xi1> = [true, false]
func.func @compare_strings() -> (tensor<2xi1>) {
  %a = weft.constant dense<["a", "b"]> : tensor<2x!weft.string>
  %b = weft.constant dense<["a", "c"]> : tensor<2x!weft.string>
  %y = weft.compare eq %a, %b : (tensor<2x!weft.string>, tensor<2x!weft.string>) -> tensor<2xi1>
  return %y : tensor<2xi1>
}
