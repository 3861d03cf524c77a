// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.pad is refused with its label.

func.func @pad_c1_negative(%x: tensor<4xf32>, %v: tensor<f32>) {
  // expected-error @+2 {{expected lo pads of at least 0, but got -1 [pad-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.pad %x value %v lo [-1] hi [0] : (tensor<4xf32>, tensor<f32>) -> tensor<3xf32>
  return
}

// -----

func.func @pad_c2_value_missing(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected a value exactly with mode constant, but got mode constant without [pad-C2]}}
  %y = weft.pad %x lo [1] hi [0] : (tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @pad_c2_value_with_edge(%x: tensor<4xf32>, %v: tensor<f32>) {
  // expected-error @+1 {{expected a value exactly with mode constant, but got mode edge with a value [pad-C2]}}
  %y = weft.pad %x value %v lo [1] hi [0] {mode = #weft.pad_mode<edge>} : (tensor<4xf32>, tensor<f32>) -> tensor<5xf32>
  return
}

// -----

func.func @pad_c3_value_of_two(%x: tensor<4xf32>, %v: tensor<2xf32>) {
  // expected-error @+1 {{expected a value of one 'f32' element, but got 'tensor<2xf32>' [pad-C3]}}
  %y = weft.pad %x value %v lo [1] hi [0] : (tensor<4xf32>, tensor<2xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @pad_c4_edge_of_nothing(%x: tensor<0xf32>) {
  // expected-error @+1 {{expected dim 0 to hold an element to pad with, but its size is 0 [pad-C4]}}
  %y = weft.pad %x lo [1] hi [0] {mode = #weft.pad_mode<edge>} : (tensor<0xf32>) -> tensor<1xf32>
  return
}

// -----

func.func @pad_c4_reflect_one(%x: tensor<1xf32>) {
  // expected-error @+1 {{expected dim 0 of at least 2 elements to reflect, but got 1 [pad-C4]}}
  %y = weft.pad %x lo [1] hi [0] {mode = #weft.pad_mode<reflect>} : (tensor<1xf32>) -> tensor<2xf32>
  return
}
