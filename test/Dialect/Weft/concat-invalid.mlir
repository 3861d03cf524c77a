// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.concat is refused with its label.

func.func @concat_c1_no_operand() {
  // expected-error @+2 {{expected at least one operand, but got none [concat-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = "weft.concat"() {axis = 0 : i64} : () -> tensor<0xf32>
  return
}

// -----

func.func @concat_c2_axis_out_of_range(%x: tensor<4xf32>) {
  // expected-error @+2 {{expected an axis in [0, 1), but got 1 [concat-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.concat %x {axis = 1 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @concat_c3_other_rank(%a: tensor<4xf32>, %b: tensor<4x1xf32>) {
  // expected-error @+2 {{expected operand 1 of rank 1 and element type 'f32', but got 'tensor<4x1xf32>' [concat-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.concat %a, %b {axis = 0 : i64} : (tensor<4xf32>, tensor<4x1xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @concat_c3_other_element(%a: tensor<4xf32>, %b: tensor<4xf64>) {
  // expected-error @+2 {{expected operand 1 of rank 1 and element type 'f32', but got 'tensor<4xf64>' [concat-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.concat %a, %b {axis = 0 : i64} : (tensor<4xf32>, tensor<4xf64>) -> tensor<8xf32>
  return
}

// -----

func.func @concat_c4_other_dim(%a: tensor<4x2xf32>, %b: tensor<4x3xf32>) {
  // expected-error @+2 {{expected dim 1 of operand 1 to be 2, but got 3 [concat-C4]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.concat %a, %b {axis = 0 : i64} : (tensor<4x2xf32>, tensor<4x3xf32>) -> tensor<8x2xf32>
  return
}
