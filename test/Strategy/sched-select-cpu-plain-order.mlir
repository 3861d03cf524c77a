// With plain-order, schedules hold nothing that changes results: one sum per output, no fused multiply-adds.
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(sched-select-cpu{level=x86-64-v4}))' | FileCheck %s --check-prefix=FREE
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(sched-select-cpu{level=x86-64-v4 plain-order=true}))' | FileCheck %s --check-prefix=PLAIN

// FREE-LABEL: kernel.func @row_f32(
// FREE: unroll = {{[2-8]}}, fma = true>
// PLAIN-LABEL: kernel.func @row_f32(
// PLAIN: unroll = 1, fma = false>
kernel.func @row_f32(%x: tensor<1x512xf32>, %w: tensor<1x512x32xf32>) -> tensor<1x32xf32> {
  %o = tensor.empty() : tensor<1x32xf32>
  %r = kernel.contract ins(%x, %w : tensor<1x512xf32>, tensor<1x512x32xf32>) outs(%o : tensor<1x32xf32>)
      attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x32xf32>
  kernel.return %r : tensor<1x32xf32>
}
