// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.or is refused with its label.

func.func @or_c1_floats(%a: tensor<4xf32>, %b: tensor<4xf32>) {
  // expected-error @+2 {{expected boolean or integer elements, but got 'f32' [or-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.or %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @or_c2_other_type(%a: tensor<4xi32>, %b: tensor<4xi64>) {
  // expected-error @+2 {{expected operands of one element type, but got 'i32' and 'i64' [or-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.or %a, %b : (tensor<4xi32>, tensor<4xi64>) -> tensor<4xi32>
  return
}

// -----

func.func @or_c3_other_rank(%a: tensor<4xi32>, %b: tensor<1x4xi32>) {
  // expected-error @+2 {{expected operand 1 of rank 1, but got rank 2 [or-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.or %a, %b : (tensor<4xi32>, tensor<1x4xi32>) -> tensor<1x4xi32>
  return
}

// -----

func.func @or_c4_other_dim(%a: tensor<4x8xi32>, %b: tensor<4x3xi32>) {
  // expected-error @+2 {{expected dim 1 of operand 1 to be 1 or 8, but got 3 [or-C4]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.or %a, %b : (tensor<4x8xi32>, tensor<4x3xi32>) -> tensor<4x8xi32>
  return
}
