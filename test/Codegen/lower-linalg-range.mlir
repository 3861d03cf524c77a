// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(weft-lower-linalg))' | FileCheck %s
//
// A kernel has one parallel range at most: the forall around which nothing happens that must happen once.

// The only forall stays; local memory around it may be allocated once per part of the range.
// CHECK-LABEL: kernel.func @scratch_beside_range(
// CHECK: memref.alloca
// CHECK: memref.store
// CHECK: scf.forall
kernel.func @scratch_beside_range(%r: memref<8xf32>) {
  %f = arith.constant 1.0 : f32
  %c0 = arith.constant 0 : index
  %t = memref.alloca() : memref<4xf32>
  memref.store %f, %t[%c0] : memref<4xf32>
  scf.forall (%i) in (8) {
    %v = memref.load %t[%c0] : memref<4xf32>
    memref.store %v, %r[%i] : memref<8xf32>
  }
  kernel.return
}

// What writes a result beside it would be done once per part: the forall becomes a loop.
// CHECK-LABEL: kernel.func @writes_beside_range(
// CHECK-NOT: scf.forall
// CHECK: scf.for
kernel.func @writes_beside_range(%r: memref<8xf32>) {
  %f = arith.constant 1.0 : f32
  %c0 = arith.constant 0 : index
  memref.store %f, %r[%c0] : memref<8xf32>
  scf.forall (%i) in (8) {
    %v = memref.load %r[%i] : memref<8xf32>
    memref.store %v, %r[%i] : memref<8xf32>
  }
  kernel.return
}

// Of two foralls neither is the range: the second may read what any part of the first wrote.
// CHECK-LABEL: kernel.func @two_foralls(
// CHECK-NOT: scf.forall
// CHECK: scf.for
// CHECK: scf.for
kernel.func @two_foralls(%r: memref<8xf32>) {
  %f = arith.constant 1.0 : f32
  scf.forall (%i) in (8) {
    memref.store %f, %r[%i] : memref<8xf32>
  }
  scf.forall (%i) in (8) {
    %v = memref.load %r[%i] : memref<8xf32>
    memref.store %v, %r[%i] : memref<8xf32>
  }
  kernel.return
}

// A forall inside of another loop runs on the thread of the loop.
// CHECK-LABEL: kernel.func @nested(
// CHECK: scf.for
// CHECK-NOT: scf.forall
// CHECK: scf.for
kernel.func @nested(%r: memref<8xf32>) {
  %f = arith.constant 1.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  scf.for %j = %c0 to %c8 step %c1 {
    scf.forall (%i) in (8) {
      memref.store %f, %r[%i] : memref<8xf32>
    }
  }
  kernel.return
}
