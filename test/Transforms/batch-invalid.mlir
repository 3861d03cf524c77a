// RUN: weft-opt %s --weft-batch=size=4 --split-input-file --verify-diagnostics
//
// The op that keeps a model from being batched is named.

func.func @no_batch_when_softmax_is_over_samples(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  // expected-error @+1 {{cannot be batched: it mixes the entries of dim 0 of operand 0, which holds the samples}}
  %y = weft.softmax %x {axis = 0} : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %y : tensor<1x8xf32>
}

// -----

func.func @no_batch_when_reshape_mixes_samples(%x: tensor<1x6x8xf32>) -> tensor<8x6xf32> {
  %t = weft.transpose %x {perm = array<i64: 1, 0, 2>} : (tensor<1x6x8xf32>) -> tensor<6x1x8xf32>
  // expected-error @+1 {{cannot be batched: it mixes dim 1 of its operand with dims before it}}
  %y = weft.reshape %t to [8, 6] : (tensor<6x1x8xf32>) -> tensor<8x6xf32>
  return %y : tensor<8x6xf32>
}

// -----

func.func @no_batch_when_shape_depends_on_sample(%x: tensor<1xi64>) -> tensor<?xf32> {
  // expected-error @+1 {{cannot be batched: the shape would depend on the sample}}
  %e = weft.extract %x {i = 0} : tensor<1xi64>
  %y = weft.iota [%e] {to = f32, axis = 0} : (index) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

func.func @no_batch_when_op_has_no_map(%x: tensor<1x8xf32>) -> tensor<2x?xi64> {
  // expected-error @+1 {{cannot be batched: its operands and results have no dims in common}}
  %y = weft.nonzero %x : (tensor<1x8xf32>) -> tensor<2x?xi64>
  return %y : tensor<2x?xi64>
}

// -----

func.func @no_batch_when_part_of_samples_is_sliced(%x: tensor<1x8xf32>) -> tensor<0x8xf32> {
  // expected-error @+1 {{cannot be batched: it takes a part of dim 0, which holds the samples}}
  %y = weft.slice %x [0, 0] [0, 8] {strides = array<i64: 1, 1>} : (tensor<1x8xf32>) -> tensor<0x8xf32>
  return %y : tensor<0x8xf32>
}
