// With plain-order, a remainder of few rows keeps one chain per output.
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(weft-expand-kernel-ops))' | FileCheck %s --check-prefix=FREE
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(weft-expand-kernel-ops{plain-order=true}))' | FileCheck %s --check-prefix=PLAIN

// FREE-LABEL: kernel.func @contract_one_row_f32(
// FREE: scf.for {{.*}} step %c8
// PLAIN-LABEL: kernel.func @contract_one_row_f32(
// PLAIN-NOT: step %c8
// PLAIN: scf.for {{.*}} iter_args({{.*}}) -> (vector<8xf32>)
// PLAIN: arith.mulf {{.*}} : vector<8xf32>
// PLAIN: arith.addf {{.*}} : vector<8xf32>
kernel.func @contract_one_row_f32(%x: memref<1x64xf32>, %w: memref<1x64x32xf32>, %o: memref<1x8xf32>) {
  kernel.contract ins(%x, %w : memref<1x64xf32>, memref<1x64x32xf32>) outs(%o : memref<1x8xf32>)
      attributes {panel = 32 : i64,
                  sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 8, registers = [8, 8], depth = 0, unroll = 1, fma = false>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}
