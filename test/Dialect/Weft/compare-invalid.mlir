// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.compare is refused with its label.

func.func @compare_c1_small_floats(%a: tensor<4xf8E4M3FN>, %b: tensor<4xf8E4M3FN>) {
  // expected-error @+2 {{expected boolean or integer or float or complex or string elements, but got 'f8E4M3FN' [compare-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.compare lt %a, %b : (tensor<4xf8E4M3FN>, tensor<4xf8E4M3FN>) -> tensor<4xi1>
  return
}

// -----

func.func @compare_c2_other_type(%a: tensor<4xf32>, %b: tensor<4xf64>) {
  // expected-error @+2 {{expected operands of one element type, but got 'f32' and 'f64' [compare-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.compare lt %a, %b : (tensor<4xf32>, tensor<4xf64>) -> tensor<4xi1>
  return
}

// -----

func.func @compare_c3_other_rank(%a: tensor<4xf32>, %b: tensor<1x4xf32>) {
  // expected-error @+2 {{expected operand 1 of rank 1, but got rank 2 [compare-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.compare lt %a, %b : (tensor<4xf32>, tensor<1x4xf32>) -> tensor<1x4xi1>
  return
}

// -----

func.func @compare_c4_other_dim(%a: tensor<4x8xf32>, %b: tensor<4x3xf32>) {
  // expected-error @+2 {{expected dim 1 of operand 1 to be 1 or 8, but got 3 [compare-C4]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.compare lt %a, %b : (tensor<4x8xf32>, tensor<4x3xf32>) -> tensor<4x8xi1>
  return
}
