// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.sub is refused with its label.

func.func @sub_c1_booleans(%a: tensor<4xi1>, %b: tensor<4xi1>) {
  // expected-error @+2 {{expected integer or float or complex elements, but got 'i1' [sub-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.sub %a, %b : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  return
}

// -----

func.func @sub_c2_other_type(%a: tensor<4xf32>, %b: tensor<4xf64>) {
  // expected-error @+2 {{expected operands of one element type, but got 'f32' and 'f64' [sub-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.sub %a, %b : (tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  return
}

// -----

func.func @sub_c3_other_rank(%a: tensor<4xf32>, %b: tensor<1x4xf32>) {
  // expected-error @+2 {{expected operand 1 of rank 1, but got rank 2 [sub-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.sub %a, %b : (tensor<4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @sub_c4_other_dim(%a: tensor<4x8xf32>, %b: tensor<4x3xf32>) {
  // expected-error @+2 {{expected dim 1 of operand 1 to be 1 or 8, but got 3 [sub-C4]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.sub %a, %b : (tensor<4x8xf32>, tensor<4x3xf32>) -> tensor<4x8xf32>
  return
}
