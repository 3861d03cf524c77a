// What cannot be lowered is an error at the op, with the reason.
// RUN: weft-opt %s --split-input-file --verify-diagnostics \
// RUN:   --pass-pipeline='builtin.module(func.func(convert-weft-to-linalg))'

func.func @reverse_string(%x: tensor<3x!weft.string>) -> tensor<3x!weft.string> {
  // expected-error@+1 {{'weft.reverse' op has elements of type '!weft.string', which kernels cannot hold}}
  %0 = weft.reverse %x {axes = array<i64: 0>} : (tensor<3x!weft.string>) -> tensor<3x!weft.string>
  return %0 : tensor<3x!weft.string>
}

// -----

func.func @exp_unnamed_dim(%x: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error@+1 {{'weft.exp' op expected the size of dim 0 of type 'tensor<?xf32>' to follow from the arguments, but it does not}}
  %0 = weft.exp %x : (tensor<?xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}
