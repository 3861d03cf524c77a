// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.extract is refused with its label.

func.func @extract_c1_float(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected integer or boolean elements, but got 'f32' [extract-C1]}}
  %n = weft.extract %x {i = 1 : i64} : tensor<4xf32>
  return
}

// -----

func.func @extract_c2_out_of_range(%x: tensor<4xi64>) {
  // expected-error @+1 {{expected an element of a tensor of static shape, but got element 4 of 'tensor<4xi64>' [extract-C2]}}
  %n = weft.extract %x {i = 4 : i64} : tensor<4xi64>
  return
}
