// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.if is refused with its label.

func.func @if_c1_two_elements(%c: tensor<2xi1>) {
  // expected-error @+1 {{expected a condition of one element, but got 'tensor<2xi1>' [if-C1]}}
  weft.if %c : (tensor<2xi1>) -> () {
    weft.yield
  } else {
    weft.yield
  }
  return
}

// -----

func.func @if_c2_yields_other_type(%c: tensor<i1>, %x: tensor<4xf64>) {
  // expected-error @+1 {{expected region 0 to yield the types of the results, but it does not [if-C2]}}
  %y = weft.if %c : (tensor<i1>) -> tensor<4xf32> {
    weft.yield %x : tensor<4xf64>
  } else {
    weft.yield %x : tensor<4xf64>
  }
  return
}
