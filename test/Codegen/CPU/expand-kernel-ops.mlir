// Contractions become register tiles of vectors under one forall, as the schedule written here says.
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(weft-expand-kernel-ops))' | FileCheck %s

#row = affine_map<(m, n) -> (n)>
#all = affine_map<(m, n) -> (m, n)>

// One tile: 2 rows of 2 vectors, bias loaded once per column, the rest of the rows a tile of its own.
// CHECK-LABEL: kernel.func @contract_static_f32(
// CHECK-SAME: attributes {passthrough = ["weft-micro-kernel"]}
// CHECK: scf.forall (%{{.*}}, %{{.*}}) in (2, 2)
// CHECK: scf.for
// CHECK: scf.for
// CHECK: %[[SUMS:.*]]:4 = scf.for {{.*}} iter_args({{.*}}) -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>)
// CHECK: vector.load
// CHECK: vector.load
// CHECK-COUNT-4: vector.fma
// CHECK: scf.yield
// CHECK: llvm.loop_annotation = #{{.*}}
// CHECK-COUNT-2: vector.load %{{.*}} : memref<32xf32>, vector<8xf32>
// CHECK: arith.addf %[[SUMS]]#0, %{{.*}} : vector<8xf32>
// CHECK: arith.maximumf
// CHECK: vector.store
// The rest, one row, takes two steps at once to keep as many sums busy.
// CHECK: scf.if
// CHECK: scf.for {{.*}} step %c2{{.*}} -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>)
kernel.func @contract_static_f32(%x: memref<5x64xf32>, %w: memref<1x64x32xf32>, %bias: memref<32xf32>, %o: memref<5x32xf32>) {
  kernel.contract ins(%x, %w : memref<5x64xf32>, memref<1x64x32xf32>) with(%bias : memref<32xf32>) outs(%o : memref<5x32xf32>)
      attributes {panel = 32 : i64, epilogue_maps = [#row],
                  sched.cpu = #sched.cpu<kernel = gemm, parallel = [4, 16], vector = 8, registers = [2, 16], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32, %b: f32):
      %zero = arith.constant 0.0 : f32
      %s = arith.addf %acc, %b : f32
      %m = arith.maximumf %s, %zero : f32
      kernel.yield %m : f32
  }
  kernel.return
}

// Without fused multiply-add products are rounded before they are added.
// CHECK-LABEL: kernel.func @contract_no_fma_f32(
// CHECK-NOT: scf.forall
// CHECK: arith.mulf %{{.*}} : vector<4xf32>
// CHECK: arith.addf %{{.*}} : vector<4xf32>
// CHECK-NOT: vector.fma
kernel.func @contract_no_fma_f32(%x: memref<4x64xf32>, %w: memref<1x64x32xf32>, %o: memref<4x32xf32>) {
  kernel.contract ins(%x, %w : memref<4x64xf32>, memref<1x64x32xf32>) outs(%o : memref<4x32xf32>)
      attributes {panel = 32 : i64,
                  sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 4, registers = [4, 8], depth = 0, unroll = 1, fma = false>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}

// The last columns are stored under a constant mask; packed columns past the end are read, being zero.
// CHECK-LABEL: kernel.func @contract_column_rest_f32(
// CHECK: %[[MASK:.*]] = arith.constant dense<[true, true, true, true, false
// CHECK-NOT: vector.maskedload
// CHECK: vector.maskedstore %{{.*}}, %[[MASK]]
kernel.func @contract_column_rest_f32(%x: memref<1x64xf32>, %w: memref<1x64x32xf32>, %o: memref<1x20xf32>) {
  kernel.contract ins(%x, %w : memref<1x64xf32>, memref<1x64x32xf32>) outs(%o : memref<1x20xf32>)
      attributes {panel = 32 : i64,
                  sched.cpu = #sched.cpu<kernel = gemv, parallel = [], vector = 16, registers = [1, 32], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}

// Unknown rows end in one tile per bit of what is left: 2, then 1.
// CHECK-LABEL: kernel.func @contract_dynamic_rows_f32(
// CHECK: scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK: scf.if
// CHECK: scf.if
// CHECK-NOT: scf.if
kernel.func @contract_dynamic_rows_f32(%x: memref<?x64xf32> {kernel.dims = array<i64: 3>}, %w: memref<1x64x32xf32>,
                                       %o: memref<?x16xf32> {kernel.dims = array<i64: 3>}, %n: index) {
  kernel.contract ins(%x, %w : memref<?x64xf32>, memref<1x64x32xf32>) outs(%o : memref<?x16xf32>)
      attributes {panel = 32 : i64,
                  sched.cpu = #sched.cpu<kernel = gemm, parallel = [4, 16], vector = 16, registers = [4, 16], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}

// Several steps at once have accumulators of their own, added at the end.
// CHECK-LABEL: kernel.func @contract_unrolled_f32(
// CHECK: scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK-COUNT-3: arith.addf %{{.*}} : vector<16xf32>
// CHECK: vector.store
kernel.func @contract_unrolled_f32(%x: memref<1x64xf32>, %w: memref<1x64x32xf32>, %o: memref<1x16xf32>) {
  kernel.contract ins(%x, %w : memref<1x64xf32>, memref<1x64x32xf32>) outs(%o : memref<1x16xf32>)
      attributes {panel = 32 : i64,
                  sched.cpu = #sched.cpu<kernel = gemv, parallel = [], vector = 16, registers = [1, 16], depth = 0, unroll = 4, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}

// A transposed right side is copied into a panel per tile of columns: blocks of 8 x 8 in 3 rounds of 8 shuffles.
// CHECK-LABEL: kernel.func @contract_transposed_f32(
// CHECK: %[[PANEL:.*]] = memref.alloc() {alignment = 64 : i64} : memref<64x16xf32>
// CHECK: scf.forall
// CHECK-COUNT-24: vector.shuffle
// CHECK: vector.store %{{.*}}, %[[PANEL]]
// What is left goes element by element.
// CHECK: memref.store %{{.*}}, %[[PANEL]]
// CHECK: vector.load %[[PANEL]]
kernel.func @contract_transposed_f32(%x: memref<4x64xf32>, %y: memref<16x64xf32>, %o: memref<4x16xf32>) {
  kernel.contract ins(%x, %y : memref<4x64xf32>, memref<16x64xf32>) outs(%o : memref<4x16xf32>)
      attributes {rhs_transposed,
                  sched.cpu = #sched.cpu<kernel = gemm, parallel = [4, 16], vector = 8, registers = [4, 16], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}

// A part of the depth at a time: sums are cleared, then loaded and stored around each part, then finished.
// CHECK-LABEL: kernel.func @contract_depth_f32(
// CHECK: vector.store %cst
// CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step %{{.*}} {
// CHECK: vector.load %{{.*}} : memref<4x16xf32>
// CHECK: scf.for {{.*}} iter_args
// CHECK: vector.store
// CHECK: arith.negf %{{.*}} : vector<16xf32>
kernel.func @contract_depth_f32(%x: memref<4x64xf32>, %w: memref<1x64x32xf32>, %o: memref<4x16xf32>) {
  kernel.contract ins(%x, %w : memref<4x64xf32>, memref<1x64x32xf32>) outs(%o : memref<4x16xf32>)
      attributes {panel = 32 : i64,
                  sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 16, registers = [4, 16], depth = 16, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      %m = arith.negf %acc : f32
      kernel.yield %m : f32
  }
  kernel.return
}

// Of half precision, a task's rows become f32 once, in memory of their own; vectors of columns as they are loaded.
// CHECK-LABEL: kernel.func @contract_static_f16(
// CHECK: %[[ROWS:.*]] = memref.alloc() {{.*}}: memref<4x20xf32>
// CHECK: scf.forall
// CHECK: arith.extf %{{.*}} : vector<8xf16> to vector<8xf32>
// CHECK: vector.store %{{.*}}, %[[ROWS]]
// CHECK: arith.extf %{{.*}} : f16 to f32
// CHECK: memref.store %{{.*}}, %[[ROWS]]
// CHECK: vector.load %{{.*}} : memref<1x20x32xf16>, vector<8xf16>
// CHECK: arith.extf %{{.*}} : vector<8xf16> to vector<8xf32>
// CHECK: memref.load %[[ROWS]]
// CHECK-COUNT-4: vector.fma {{.*}} : vector<8xf32>
// CHECK: arith.truncf %{{.*}} : vector<8xf32> to vector<8xf16>
kernel.func @contract_static_f16(%x: memref<8x20xf16>, %w: memref<1x20x32xf16>, %o: memref<8x32xf16>) {
  kernel.contract ins(%x, %w : memref<8x20xf16>, memref<1x20x32xf16>) outs(%o : memref<8x32xf16>)
      attributes {panel = 32 : i64,
                  sched.cpu = #sched.cpu<kernel = gemm, parallel = [4, 0], vector = 8, registers = [2, 16], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      %h = arith.truncf %acc : f32 to f16
      kernel.yield %h : f16
  }
  kernel.return
}

// Loops of other ops beside a contraction want the vectoriser: no attribute.
// CHECK-LABEL: kernel.func @no_attribute_beside_loops(
// CHECK-NOT: passthrough
// CHECK: linalg.generic
kernel.func @no_attribute_beside_loops(%x: memref<4x8xf32>, %w: memref<1x8x32xf32>, %t: memref<4x32xf32>, %o: memref<4x32xf32>) {
  kernel.contract ins(%x, %w : memref<4x8xf32>, memref<1x8x32xf32>) outs(%t : memref<4x32xf32>)
      attributes {panel = 32 : i64,
                  sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 8, registers = [2, 16], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%t : memref<4x32xf32>) outs(%o : memref<4x32xf32>) {
  ^bb0(%a: f32, %b: f32):
    %e = math.exp %a : f32
    linalg.yield %e : f32
  }
  kernel.return
}
