// Kernels become functions of the ABI: @k loads base pointers, @k.body works on [begin, end), @k_count counts.
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(weft-lower-linalg),weft-kernel-to-llvm)' | FileCheck %s

// CHECK-LABEL: llvm.func @copy_static_f32_count(
// CHECK: %[[C:.*]] = llvm.mlir.constant(2 : i64) : i64
// CHECK-NEXT: llvm.return %[[C]]
// CHECK-LABEL: llvm.func internal @copy_static_f32.body(
// CHECK-SAME: !llvm.ptr {llvm.align = 64 : i64, llvm.noalias, llvm.nonnull, llvm.readonly}
// CHECK-SAME: !llvm.ptr {llvm.align = 64 : i64, llvm.noalias, llvm.nonnull}
// CHECK-SAME: %[[BEGIN:.*]]: i64, %[[END:.*]]: i64, %{{.*}}: !llvm.ptr)
// CHECK: llvm.icmp "slt"
// CHECK-LABEL: llvm.func @copy_static_f32(
// CHECK-SAME: %[[ARGS:.*]]: !llvm.ptr, %[[SCALARS:.*]]: !llvm.ptr, %[[B:.*]]: i64, %[[E:.*]]: i64, %[[W:.*]]: !llvm.ptr)
// CHECK: %[[P0:.*]] = llvm.load
// CHECK: %[[P1:.*]] = llvm.load
// CHECK: llvm.call @copy_static_f32.body(%[[P0]], %[[P1]], %[[B]], %[[E]], %[[W]])
kernel.func @copy_static_f32(%x: memref<8xf32>, %r: memref<8xf32>) {
  scf.forall (%i) = (0) to (8) step (4) {
    %c0 = arith.constant 0 : index
    %c4 = arith.constant 4 : index
    %c1 = arith.constant 1 : index
    scf.for %j = %c0 to %c4 step %c1 {
      %k = arith.addi %i, %j : index
      %v = memref.load %x[%k] : memref<8xf32>
      memref.store %v, %r[%k] : memref<8xf32>
    }
  }
  kernel.return
}

// Bounds come from the scalars; a range of two dims is taken apart.
// CHECK-LABEL: llvm.func @dynamic_2d_count(
// CHECK: llvm.load
// CHECK: llvm.load
// CHECK: llvm.mul
// CHECK-LABEL: llvm.func internal @dynamic_2d.body(
// CHECK: llvm.urem
// CHECK: llvm.udiv
kernel.func @dynamic_2d(%r: memref<?x?xf32> {kernel.dims = array<i64: 1, 2>}, %m: index, %n: index) {
  %f = arith.constant 1.0 : f32
  scf.forall (%i, %j) in (%m, %n) {
    memref.store %f, %r[%i, %j] : memref<?x?xf32>
  }
  kernel.return
}

// Work that other parts of the range would repeat on the same memory makes the kernel sequential.
// CHECK-LABEL: llvm.func @no_range_when_code_around_writes_count(
// CHECK-NEXT: %[[ONE:.*]] = llvm.mlir.constant(1 : i64) : i64
// CHECK-NEXT: llvm.return %[[ONE]]
kernel.func @no_range_when_code_around_writes(%r: memref<8xf32>) {
  %f = arith.constant 1.0 : f32
  %c0 = arith.constant 0 : index
  memref.store %f, %r[%c0] : memref<8xf32>
  scf.forall (%i) in (8) {
    %v = memref.load %r[%i] : memref<8xf32>
    memref.store %v, %r[%i] : memref<8xf32>
  }
  kernel.return
}

// Scratch comes from the worker's table of functions; without memory nothing is done.
// CHECK-LABEL: llvm.func internal @scratch.body(
// CHECK: %[[SLOT:.*]] = llvm.getelementptr %{{.*}}[56]
// CHECK: %[[F:.*]] = llvm.load %[[SLOT]]
// CHECK: %[[P:.*]] = llvm.call %[[F]](%{{.*}}, %{{.*}}) : !llvm.ptr, (!llvm.ptr, i64) -> (!llvm.ptr {llvm.align = 64 : i64, llvm.noalias})
// CHECK: %[[OK:.*]] = llvm.icmp "ne" %[[P]]
// CHECK: llvm.cond_br %[[OK]]
kernel.func @scratch(%r: memref<8xi8>, %n: index) {
  %c0 = arith.constant 0 : index
  %t = memref.alloc(%n) : memref<?xi8>
  %v = memref.load %t[%c0] : memref<?xi8>
  memref.store %v, %r[%c0] : memref<8xi8>
  kernel.return
}

// Bools are bytes.
// CHECK-LABEL: llvm.func internal @not_bool.body(
// CHECK: llvm.load {{.*}} -> i8
// CHECK: llvm.zext {{.*}} : i1 to i8
// CHECK: llvm.store {{.*}} : i8, !llvm.ptr
kernel.func @not_bool(%x: memref<8xi1>, %r: memref<8xi1>) {
  %true = arith.constant true
  %c0 = arith.constant 0 : index
  %v = memref.load %x[%c0] : memref<8xi1>
  %w = arith.xori %v, %true : i1
  memref.store %w, %r[%c0] : memref<8xi1>
  kernel.return
}
