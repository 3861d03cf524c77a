// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.reshape is refused with its label.

func.func @reshape_c1_operand_missing(%x: tensor<4xf32>) {
  // expected-error @+2 {{expected 1 index operands for the dynamic sizes, but got 0 [reshape-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = "weft.reshape"(%x) {static_shape = array<i64: -9223372036854775808>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @reshape_c2_too_few(%x: tensor<4xf32>) {
  // expected-error @+2 {{expected a shape of 4 elements, but got 3 [reshape-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.reshape %x to [3] : (tensor<4xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @reshape_c2_too_many(%x: tensor<4xf32>) {
  // expected-error @+2 {{expected a shape of 4 elements, but got 6 [reshape-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.reshape %x to [2, 3] : (tensor<4xf32>) -> tensor<2x3xf32>
  return
}
