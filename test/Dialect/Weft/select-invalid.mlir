// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.select is refused with its label.

func.func @select_c2_other_type(%c: tensor<4xi1>, %a: tensor<4xf32>, %b: tensor<4xf64>) {
  // expected-error @+2 {{expected operands of one element type, but got 'f32' and 'f64' [select-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.select %c, %a, %b : (tensor<4xi1>, tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  return
}

// -----

func.func @select_c3_other_rank(%c: tensor<i1>, %a: tensor<4xf32>, %b: tensor<4xf32>) {
  // expected-error @+2 {{expected operand 1 of rank 0, but got rank 1 [select-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.select %c, %a, %b : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @select_c4_other_dim(%c: tensor<3xi1>, %a: tensor<4xf32>, %b: tensor<4xf32>) {
  // expected-error @+2 {{expected dim 0 of operand 1 to be 1 or 3, but got 4 [select-C4]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.select %c, %a, %b : (tensor<3xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}
