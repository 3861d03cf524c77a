// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.iota is refused with its label.

func.func @iota_c1_size_negative() {
  // expected-error @+2 {{expected sizes of at least 0, but got -1 [iota-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.iota [-1] {axis = 0 : i64, to = i64} : () -> tensor<?xi64>
  return
}

// -----

func.func @iota_c2_axis_out_of_range() {
  // expected-error @+2 {{expected an axis in [0, 1), but got 1 [iota-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.iota [4] {axis = 1 : i64, to = i64} : () -> tensor<4xi64>
  return
}

// -----

func.func @iota_c3_boolean() {
  // expected-error @+2 {{expected an integer or float element type, but got 'i1' [iota-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.iota [4] {axis = 0 : i64, to = i1} : () -> tensor<4xi1>
  return
}
