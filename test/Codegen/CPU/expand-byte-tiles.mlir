// Contractions of bytes by tile registers: sums stay in tiles over the contracted dim, the epilogue takes them from a buffer.
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(weft-expand-kernel-ops))' | FileCheck %s

// Two by two tiles; the panel's two halves and two sets of rows are loaded once per step. Steps divide the depth.
// CHECK-LABEL: kernel.func @contract_ui8(
// CHECK: %[[SUMS:.*]] = memref.alloc() {alignment = 64 : i64} : memref<32x32xi32>
// CHECK-NOT: memref.alloc
// CHECK-COUNT-4: "llvm.x86.tilezero.internal"
// CHECK: scf.for {{.*}} -> (!llvm.x86_amx, !llvm.x86_amx, !llvm.x86_amx, !llvm.x86_amx)
// CHECK-COUNT-2: "llvm.x86.tileloadd64.internal"
// CHECK: "llvm.x86.tileloaddt164.internal"
// CHECK-COUNT-2: "llvm.x86.tdpbusd.internal"
// CHECK: "llvm.x86.tileloaddt164.internal"
// CHECK-COUNT-2: "llvm.x86.tdpbusd.internal"
// CHECK: scf.yield
// CHECK-COUNT-4: "llvm.x86.tilestored64.internal"
// CHECK: vector.load %[[SUMS]]
// CHECK: arith.sitofp %{{.*}} : vector<16xi32> to vector<16xf32>
kernel.func @contract_ui8(%x: memref<64x128xi8>, %w: memref<1x33x32x4xi8>, %o: memref<64x32xf32>) {
  kernel.contract ins(%x, %w : memref<64x128xi8>, memref<1x33x32x4xi8>) outs(%o : memref<64x32xf32>)
      attributes {panel = 32, lhs_unsigned, zero_point = 3,
                  sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 16, registers = [32, 32], depth = 0, unroll = 1, fma = true, dot = tdpbusd>} {
    ^bb0(%acc: i32):
      %f = arith.sitofp %acc : i32 to f32
      kernel.yield %f : f32
  }
  kernel.return
}

// A signed left side needs no change of its bits. Words that are left after whole steps lie behind zeros in a buffer.
// CHECK-LABEL: kernel.func @contract_i8_rest(
// CHECK: memref.alloc() {alignment = 64 : i64} : memref<16x16xi32>
// CHECK: memref.alloc() {alignment = 64 : i64} : memref<1x16x16xi32>
// CHECK-NOT: arith.xori
// CHECK: "llvm.x86.tdpbssd.internal"
// CHECK: scf.yield
// CHECK: "llvm.x86.tdpbssd.internal"
// CHECK: "llvm.x86.tilestored64.internal"
kernel.func @contract_i8_rest(%x: memref<16x76xi8>, %w: memref<1x20x32x4xi8>, %o: memref<16x9xi32>) {
  kernel.contract ins(%x, %w : memref<16x76xi8>, memref<1x20x32x4xi8>) outs(%o : memref<16x9xi32>)
      attributes {panel = 32,
                  sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 16, registers = [16, 16], depth = 0, unroll = 1, fma = true, dot = tdpbusd>} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  }
  kernel.return
}

// As many rows as only a run knows: fewer than a tile has go by vectors.
// CHECK-LABEL: kernel.func @contract_ui8_dynamic(
// CHECK: scf.if
// CHECK: "llvm.x86.tdpbusd.internal"
// CHECK: } else {
// CHECK: "llvm.x86.avx512.vpdpbusd.512"
kernel.func @contract_ui8_dynamic(%x: memref<?x64xi8> {kernel.dims = array<i64: 3>}, %w: memref<1x17x32x4xi8>,
                                  %o: memref<?x32xi32> {kernel.dims = array<i64: 3>}, %m: index) {
  kernel.contract ins(%x, %w : memref<?x64xi8>, memref<1x17x32x4xi8>) outs(%o : memref<?x32xi32>)
      attributes {panel = 32, lhs_unsigned,
                  sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 16, registers = [32, 32], depth = 0, unroll = 1, fma = true, dot = tdpbusd>} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  }
  kernel.return
}

// A window's row is one run of the contracted dim. What lies around the input is copied with the lines that a task needs.
// CHECK-LABEL: kernel.func @conv_ui8_padded(
// CHECK: memref.alloc() {alignment = 64 : i64} : memref<4x16x16xi8>
// CHECK: scf.forall
// CHECK: dense<50529027> : vector<16xi32>
// CHECK: scf.for {{.*}} -> (!llvm.x86_amx, !llvm.x86_amx)
// CHECK: scf.for {{.*}} -> (!llvm.x86_amx, !llvm.x86_amx)
// CHECK-COUNT-2: "llvm.x86.tdpbusd.internal"
kernel.func @conv_ui8_padded(%x: memref<1x14x14x16xi8>, %w: memref<1x1x37x32x4xi8>, %o: memref<1x14x14x32xi32>) {
  kernel.conv ins(%x, %w : memref<1x14x14x16xi8>, memref<1x1x37x32x4xi8>) outs(%o : memref<1x14x14x32xi32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>,
                  input_unsigned, zero_point = 3,
                  sched.cpu = #sched.cpu<kernel = conv, parallel = [1, 2, 0, 0], vector = 16, registers = [14, 32], depth = 0, unroll = 1, fma = true, dot = tdpbusd>} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  }
  kernel.return
}

// CHECK-LABEL: kernel.func @no_copy_without_padding(
// CHECK-NOT: memref<{{.*}}xi8> {
// CHECK: scf.forall
// CHECK: "llvm.x86.tdpbusd.internal"
kernel.func @no_copy_without_padding(%x: memref<1x14x14x16xi8>, %w: memref<1x1x37x32x4xi8>, %o: memref<1x12x12x32xi32>) {
  kernel.conv ins(%x, %w : memref<1x14x14x16xi8>, memref<1x1x37x32x4xi8>) outs(%o : memref<1x12x12x32xi32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
                  input_unsigned, zero_point = 3,
                  sched.cpu = #sched.cpu<kernel = conv, parallel = [1, 2, 0, 0], vector = 16, registers = [12, 32], depth = 0, unroll = 1, fma = true, dot = tdpbusd>} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  }
  kernel.return
}
