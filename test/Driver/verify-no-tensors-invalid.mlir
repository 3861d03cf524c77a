// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(verify-no-tensors))' --split-input-file --verify-diagnostics
//
// A gate of phase loops: kernels work on memory, by loops.

kernel.func @legal(%x: memref<4xf32>, %y: memref<4xf32>) {
  scf.forall (%i) in (4) {
    %v = memref.load %x[%i] : memref<4xf32>
    memref.store %v, %y[%i] : memref<4xf32>
  }
  kernel.return
}

// -----

// An argument that was not bufferised.
// expected-error @+1 {{internal: expected memory only, but got a 'tensor<4xf32>'}}
kernel.func @tensor_argument(%x: tensor<4xf32>) {
  kernel.return
}

// -----

// A value that was not.
kernel.func @tensor_value() {
  // expected-error @+1 {{internal: expected memory only, but got a 'tensor<4xf32>'}}
  %x = arith.constant dense<1.0> : tensor<4xf32>
  kernel.return
}

// -----

// A structured op on memory has no loops yet.
kernel.func @linalg_left(%x: memref<4xf32>, %y: memref<4xf32>) {
  // expected-error @+1 {{'linalg.exp' op internal: expected loops in its place}}
  linalg.exp ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
  kernel.return
}

// -----

// Neither has a copy: LLVM would call a function for it.
kernel.func @copy_left(%x: memref<4xf32>, %y: memref<4xf32>) {
  // expected-error @+1 {{'memref.copy' op internal: expected loops in its place}}
  memref.copy %x, %y : memref<4xf32> to memref<4xf32>
  kernel.return
}
