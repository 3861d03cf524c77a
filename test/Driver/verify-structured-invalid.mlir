// RUN: weft-opt %s --verify-structured --split-input-file --verify-diagnostics
//
// The gate of phase structured: hosts launch, kernels are structured, and weft is gone.

// Launches, views and sizes in the host, structured ops in the kernel.
kernel.func @k0(%x: tensor<?x4xf32> {kernel.dims = array<i64: 1>}, %n: index) -> (tensor<?x4xf32> {kernel.dims = array<i64: 1>}) {
  %e = tensor.empty(%n) : tensor<?x4xf32>
  %y = linalg.exp ins(%x : tensor<?x4xf32>) outs(%e : tensor<?x4xf32>) -> tensor<?x4xf32>
  kernel.return %y : tensor<?x4xf32>
}
func.func @legal(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x4xf32>
  %y = kernel.launch @k0(%x) indices(%n) sizes(%n) : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

// A weft op that conversion forgot.
kernel.func @weft_op(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'weft.add' op internal: expected structured ops and contractions in a kernel}}
  %y = weft.add %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  kernel.return %y : tensor<4xf32>
}

// -----

// Kernels launch no kernels.
kernel.func @k1(%x: tensor<4xf32>) -> tensor<4xf32> {
  kernel.return %x : tensor<4xf32>
}
kernel.func @launch_in_kernel(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'kernel.launch' op internal: expected structured ops and contractions in a kernel}}
  %y = kernel.launch @k1(%x) : (tensor<4xf32>) -> tensor<4xf32>
  kernel.return %y : tensor<4xf32>
}

// -----

// The host computes no tensors.
func.func @linalg_in_host(%x: tensor<4xf32>, %e: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'linalg.exp' op internal: expected ops that the host program executes}}
  %y = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// Names of dims have done their work: `kernel.dims` says the rest.
// expected-error @+1 {{internal: expected arguments without weft types, but got 'tensor<?xf32, #weft.dims<n>>'}}
func.func @named_argument(%x: tensor<?xf32, #weft.dims<n>>) {
  return
}

// -----

// Nor does a result have one.
func.func @named_result(%x: tensor<?xf32>) {
  // expected-error @+1 {{'tensor.cast' op internal: expected results without weft types, but got 'tensor<?xf32, #weft.dims<n>>'}}
  %y = tensor.cast %x : tensor<?xf32> to tensor<?xf32, #weft.dims<n>>
  return
}

// -----

// Besides functions there is nothing in the module.
// expected-error @+1 {{'memref.global' op internal: expected host functions and kernels only}}
memref.global "private" @table : memref<4xf32>
