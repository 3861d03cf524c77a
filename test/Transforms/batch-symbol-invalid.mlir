// RUN: weft-opt %s --weft-batch=size=0 --split-input-file --verify-diagnostics
//
// A batch whose size only run time knows does not go together with another such size in one dim.

func.func @no_batch_when_dim_would_have_two_symbols(%x: tensor<1x?x8xf32, #weft.dims<1, n, 8>>, %n: index) -> tensor<?x8xf32, #weft.dims<n, 8>> {
  // expected-error @+1 {{cannot be batched: dim 0 would be a product of two symbols}}
  %y = weft.reshape %x to [%n, 8] : (tensor<1x?x8xf32, #weft.dims<1, n, 8>>, index) -> tensor<?x8xf32, #weft.dims<n, 8>>
  return %y : tensor<?x8xf32, #weft.dims<n, 8>>
}
