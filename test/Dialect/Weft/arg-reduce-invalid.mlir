// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.arg_reduce is refused with its label.

func.func @arg_reduce_c1_axis_negative(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{expected axes in [0, 2), but got -1 [arg_reduce-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.arg_reduce max %x {axis = -1 : i64} : (tensor<2x3xf32>) -> tensor<2x1xi64>
  return
}

// -----

func.func @arg_reduce_c2_empty_axis(%x: tensor<2x0xf32>) {
  // expected-error @+1 {{expected a dim 1 of at least one element, but got 0 [arg_reduce-C2]}}
  %y = weft.arg_reduce max %x {axis = 1 : i64} : (tensor<2x0xf32>) -> tensor<2x1xi64>
  return
}
