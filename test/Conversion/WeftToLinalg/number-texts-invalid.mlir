// What looks into texts, or orders them, cannot be computed on numbers.
// RUN: weft-opt %s --split-input-file --verify-diagnostics --weft-number-texts

func.func @no_order_of_texts(%x: tensor<4x!weft.string>, %y: tensor<4x!weft.string>) -> tensor<4xi1> {
  // expected-error@+1 {{has no form on strings that the run decides}}
  %0 = weft.compare lt %x, %y : (tensor<4x!weft.string>, tensor<4x!weft.string>) -> tensor<4xi1>
  return %0 : tensor<4xi1>
}

// -----

func.func @no_cast_of_texts(%x: tensor<4x!weft.string>) -> tensor<4xf32> {
  // expected-error@+1 {{has no form on strings that the run decides}}
  %0 = weft.cast %x {to = f32} : (tensor<4x!weft.string>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
