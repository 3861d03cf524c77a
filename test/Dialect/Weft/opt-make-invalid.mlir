// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.opt_make is refused with its label.

func.func @opt_make_c1_other_type(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected a value of type 'tensor<4xf64>', but got 'tensor<4xf32>' [opt_make-C1]}}
  %o = weft.opt_make %x : (tensor<4xf32>) -> !weft.opt<tensor<4xf64>>
  return
}
