// Temporary memory is placed once, at the start: on the stack when it is small, else in one block of scratch.
// RUN: weft-opt %s --weft-promote-buffers="max-stack-bytes=4096" --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: kernel.func @small_static(
// CHECK-NEXT: memref.alloca() {alignment = 64 : i64} : memref<32xf32>
// CHECK: scf.for
// CHECK-NOT: memref.alloc
kernel.func @small_static(%x: memref<32xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %t = memref.alloc() : memref<32xf32>
    memref.copy %x, %t : memref<32xf32> to memref<32xf32>
    memref.copy %t, %x : memref<32xf32> to memref<32xf32>
  }
  kernel.return
}

// -----

// A size that a constant bounds is on the stack too.
// CHECK-LABEL: kernel.func @bounded_dynamic(
// CHECK: %[[STACK:.*]] = memref.alloca() {{.*}} : memref<128xi8>
// CHECK: scf.for
// CHECK: memref.view %[[STACK]]{{.*}} : memref<128xi8> to memref<?xf32>
kernel.func @bounded_dynamic(%x: memref<?xf32> {kernel.dims = array<i64: 1>}, %n: index) {
  %c0 = arith.constant 0 : index
  %c32 = arith.constant 32 : index
  %f = arith.constant 0.0 : f32
  scf.for %i = %c0 to %n step %c32 {
    %s = affine.min affine_map<(i)[n] -> (32, n - i)>(%i)[%n]
    %t = memref.alloc(%s) : memref<?xf32>
    memref.store %f, %t[%c0] : memref<?xf32>
  }
  kernel.return
}

// -----

// Larger ones are scratch, sized by what is known at the start.
// CHECK-LABEL: kernel.func @large_dynamic(
// CHECK-SAME: %[[N:[a-z0-9]+]]: index)
// CHECK: %[[BYTES:.*]] = arith.muli %{{.*}}, %[[N]]
// CHECK: %[[SCRATCH:.*]] = memref.alloc(%[[BYTES]]) {{.*}} : memref<?xi8>
// CHECK: scf.for
// CHECK: memref.view %[[SCRATCH]]{{.*}} : memref<?xi8> to memref<?xf32>
kernel.func @large_dynamic(%x: memref<?xf32> {kernel.dims = array<i64: 1>}, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %f = arith.constant 0.0 : f32
  scf.for %i = %c0 to %n step %c1 {
    %t = memref.alloc(%n) : memref<?xf32>
    memref.store %f, %t[%i] : memref<?xf32>
  }
  kernel.return
}

// -----

kernel.func @no_promote_when_size_is_data(%x: memref<4xindex>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %f = arith.constant 0.0 : f32
  scf.for %i = %c0 to %n step %c1 {
    %s = memref.load %x[%i] : memref<4xindex>
    // expected-error @below {{expected a size that values known at the start of the kernel bound}}
    %t = memref.alloc(%s) : memref<?xf32>
    memref.store %f, %t[%c0] : memref<?xf32>
  }
  kernel.return
}

// -----

// A size that is read from other memory is the one that memory was allocated with.
// CHECK-LABEL: kernel.func @size_of_other_memory(
// CHECK-SAME: %[[N:[a-z0-9]+]]: index
// CHECK: arith.muli %{{.*}}, %[[N]]
// CHECK: scf.for
// CHECK: memref.view %{{.*}}[%[[N]]]
kernel.func @size_of_other_memory(%x: memref<?xf32> {kernel.dims = array<i64: 1>}, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %f = arith.constant 0.0 : f32
  %s = memref.alloc(%n) : memref<?xf32>
  memref.copy %x, %s : memref<?xf32> to memref<?xf32>
  scf.for %i = %c0 to %n step %c1 {
    %d = memref.dim %s, %c0 : memref<?xf32>
    %t = memref.alloc(%d) : memref<?xf32>
    memref.store %f, %t[%c0] : memref<?xf32>
  }
  kernel.return
}
