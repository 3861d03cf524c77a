// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(verify-vector-width{max-bits=256}))' --split-input-file --verify-diagnostics
//
// A gate of phase loops: vectors fit the registers of the level, here AVX2.

// Lanes of f32, also where they hold wider elements, and masks of any width.
kernel.func @legal(%x: memref<32xf32>) {
  %c0 = arith.constant 0 : index
  %v = vector.load %x[%c0] : memref<32xf32>, vector<8xf32>
  %w = arith.extf %v : vector<8xf32> to vector<8xf64>
  %m = arith.constant dense<true> : vector<64xi1>
  kernel.return
}

// -----

// A vector of AVX-512 would be taken apart.
kernel.func @too_wide(%x: memref<32xf32>) {
  %c0 = arith.constant 0 : index
  // expected-error @+1 {{'vector.load' op internal: expected vectors of at most 256 bits, but got 'vector<16xf32>'}}
  %v = vector.load %x[%c0] : memref<32xf32>, vector<16xf32>
  kernel.return
}

// -----

// Bytes count by their bits.
kernel.func @too_many_bytes(%x: memref<64xi8>) {
  %c0 = arith.constant 0 : index
  // expected-error @+1 {{'vector.load' op internal: expected vectors of at most 256 bits, but got 'vector<64xi8>'}}
  %v = vector.load %x[%c0] : memref<64xi8>, vector<64xi8>
  kernel.return
}
