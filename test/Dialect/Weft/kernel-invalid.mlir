// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.kernel is refused with its label.

func.func @kernel_c1_argument_of_other_type(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected region arguments of the types of the inputs, but they differ [kernel-C1]}}
  %y = weft.kernel "elementwise"(%x) nodes ["a"] : (tensor<4xf32>) -> tensor<4xf64> {
  ^bb0(%a: tensor<4xf64>):
    weft.yield %a : tensor<4xf64>
  }
  return
}

// -----

func.func @kernel_c2_index_in_front(%x: tensor<4xf32>, %n: index) {
  // expected-error @+1 {{expected index values behind all tensors, but got a tensor behind one [kernel-C2]}}
  %y = weft.kernel "elementwise"(%n, %x) nodes ["a"] : (index, tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%m: index, %a: tensor<4xf32>):
    weft.yield %a : tensor<4xf32>
  }
  return
}

// -----

func.func @kernel_c2_sequence(%s: !weft.seq<tensor<4xf32>>) {
  // expected-error @+1 {{expected tensors and index values as inputs, but got '!weft.seq<tensor<4xf32>>' [kernel-C2]}}
  weft.kernel "elementwise"(%s) nodes ["a"] : (!weft.seq<tensor<4xf32>>) -> () {
  ^bb0(%a: !weft.seq<tensor<4xf32>>):
    weft.yield
  }
  return
}

// -----

func.func @kernel_c3_yields_nothing(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected the region to yield the types of the results, but it does not [kernel-C3]}}
  %y = weft.kernel "elementwise"(%x) nodes ["a"] : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    weft.yield
  }
  return
}
