// The level must be known; choices can be explained.
// RUN: not weft-opt %s --pass-pipeline='builtin.module(kernel.func(sched-select-cpu{level=z80}))' 2>&1 | FileCheck %s --check-prefix=LEVEL
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(sched-select-cpu{level=x86-64-v4 explain}))' 2>&1 | FileCheck %s --check-prefix=EXPLAIN
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(sched-select-cpu{level=native}))' | FileCheck %s --check-prefix=NATIVE

// LEVEL: expected level to be a row of CPUTargets.inc or native, but got 'z80' [sched-select-cpu-C1]
// EXPLAIN: remark: 1 product of 512x512x512: {{.*}} register tiles, about 64 tasks (x86-64-v4)
// NATIVE: sched.cpu = #sched.cpu<kernel = gemm
kernel.func @square_f32(%x: tensor<512x512xf32>, %w: tensor<16x512x32xf32>) -> tensor<512x512xf32> {
  %o = tensor.empty() : tensor<512x512xf32>
  %r = kernel.contract ins(%x, %w : tensor<512x512xf32>, tensor<16x512x32xf32>) outs(%o : tensor<512x512xf32>)
      attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<512x512xf32>
  kernel.return %r : tensor<512x512xf32>
}
