// RUN: weft-opt %s --verify-graph --split-input-file --verify-diagnostics
//
// The gate of phase graph: tensor ops are in kernels, the host's ops outside of them, and dims have names.

// Constants, reshapes, sizes and kernels are what the host executes.
func.func @legal(%x: tensor<?x4xf32, #weft.dims<n, 4>>) -> tensor<4x?xf32, #weft.dims<4, n>> {
  %y = weft.kernel "transpose"(%x) nodes [] : (tensor<?x4xf32, #weft.dims<n, 4>>) -> tensor<4x?xf32, #weft.dims<4, n>> {
  ^bb0(%a: tensor<?x4xf32, #weft.dims<n, 4>>):
    %b = weft.transpose %a {perm = array<i64: 1, 0>} : (tensor<?x4xf32, #weft.dims<n, 4>>) -> tensor<4x?xf32, #weft.dims<4, n>>
    weft.yield %b : tensor<4x?xf32, #weft.dims<4, n>>
  }
  return %y : tensor<4x?xf32, #weft.dims<4, n>>
}

// -----

// An op that computes a tensor has to be in a kernel.
func.func @add_outside(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'weft.add' op internal: expected to be in a kernel; run weft-fuse-kernels}}
  %y = weft.add %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// A kernel is one computation: no kernels in kernels.
func.func @kernel_in_kernel(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = weft.kernel "a"(%x) nodes [] : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    // expected-error @+1 {{internal: expected no kernel and no control flow in a kernel}}
    %b = weft.kernel "b"(%a) nodes [] : (tensor<4xf32>) -> tensor<4xf32> {
    ^bb0(%c: tensor<4xf32>):
      %d = weft.add %c, %c : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      weft.yield %d : tensor<4xf32>
    }
    weft.yield %b : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// -----

// Ops of later phases are not there yet.
func.func @foreign_op(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'math.exp' op internal: expected weft, arith and func ops and assertions only}}
  %y = math.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// Dims without a name are refused as by verify-shapes.
// expected-error @+1 {{internal: expected dim 0 of 'tensor<?xf32>' to have a size or a name; run weft-infer-shapes}}
func.func @unnamed_dim(%x: tensor<?xf32>) {
  return
}
