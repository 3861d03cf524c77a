// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(verify-loops))' --split-input-file --verify-diagnostics
//
// A gate of phase loops: one parallel range, and elements with addresses.

// Bools have a byte each when they are read one by one.
kernel.func @legal(%x: memref<4xi1>, %y: memref<4xf32>) {
  scf.forall (%i) in (4) {
    %b = memref.load %x[%i] : memref<4xi1>
    %v = arith.uitofp %b : i1 to f32
    memref.store %v, %y[%i] : memref<4xf32>
  }
  kernel.return
}

// -----

// LLVM would read a byte per element here, and two elements per byte with vectors.
// expected-error @+1 {{internal: expected elements of whole bytes in memory, but got 'memref<8xi4>'}}
kernel.func @packed_memory(%x: memref<8xi4>) {
  kernel.return
}

// -----

// Temporary memory is no exception.
kernel.func @packed_temporary() {
  // expected-error @+1 {{internal: expected elements of whole bytes in memory, but got 'memref<8xi2>'}}
  %t = memref.alloca() : memref<8xi2>
  kernel.return
}

// -----

// A vector of bools would be eight to the byte.
kernel.func @vector_of_bools(%x: memref<16xi1>) {
  %c0 = arith.constant 0 : index
  // expected-error @+1 {{'vector.load' op internal: expected vectors of whole bytes to be read and written, but got 'memref<16xi1>'}}
  %v = vector.load %x[%c0] : memref<16xi1>, vector<16xi1>
  kernel.return
}

// -----

// The runtime splits one range.
kernel.func @two_ranges(%y: memref<4xf32>) {
  %f = arith.constant 1.0 : f32
  scf.forall (%i) in (4) {
    memref.store %f, %y[%i] : memref<4xf32>
  }
  // expected-error @+1 {{'scf.forall' op internal: expected one parallel range, but got another}}
  scf.forall (%i) in (4) {
    memref.store %f, %y[%i] : memref<4xf32>
  }
  kernel.return
}

// -----

// It is at the top.
kernel.func @inner_range(%y: memref<4xf32>, %b: i1) {
  %f = arith.constant 1.0 : f32
  scf.if %b {
    // expected-error @+1 {{'scf.forall' op internal: expected the parallel range at the top of the kernel}}
    scf.forall (%i) in (4) {
      memref.store %f, %y[%i] : memref<4xf32>
    }
  }
  kernel.return
}

// -----

// Only scf.forall is taken apart.
kernel.func @other_parallel_loop(%y: memref<4xf32>) {
  %f = arith.constant 1.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  // expected-error @+1 {{'scf.parallel' op internal: expected scf.forall for what runs in parallel}}
  scf.parallel (%i) = (%c0) to (%c4) step (%c1) {
    memref.store %f, %y[%i] : memref<4xf32>
  }
  kernel.return
}
