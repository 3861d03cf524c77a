// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(verify-schedule))' --split-input-file --verify-diagnostics
//
// The gate of phase scheduled: each contraction has a schedule of its own kind, and no schedule is for nothing.

// Contractions need a schedule; structured ops may have one.
kernel.func @legal(%x: tensor<4x64xf32>, %w: tensor<1x64x32xf32>) -> tensor<4x32xf32> {
  %o = tensor.empty() : tensor<4x32xf32>
  %r = kernel.contract ins(%x, %w : tensor<4x64xf32>, tensor<1x64x32xf32>) outs(%o : tensor<4x32xf32>)
      attributes {panel = 32 : i64, sched.cpu = #sched.cpu<kernel = gemm, parallel = [4, 32], vector = 16, registers = [4, 32], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<4x32xf32>
  %s = linalg.exp ins(%r : tensor<4x32xf32>) outs(%o : tensor<4x32xf32>) -> tensor<4x32xf32>
  %t = linalg.exp {sched.cpu = #sched.cpu<kernel = loops, parallel = [1, 0], vector = 16, registers = [], depth = 0, unroll = 1, fma = true>} ins(%s : tensor<4x32xf32>) outs(%o : tensor<4x32xf32>) -> tensor<4x32xf32>
  kernel.return %t : tensor<4x32xf32>
}

// -----

// A contraction that Strategy forgot.
kernel.func @no_schedule(%x: tensor<4x64xf32>, %w: tensor<1x64x32xf32>, %o: tensor<4x32xf32>) -> tensor<4x32xf32> {
  // expected-error @+1 {{internal: expected a schedule in sched.cpu, but got none [expand-kernel-ops-C1]}}
  %r = kernel.contract ins(%x, %w : tensor<4x64xf32>, tensor<1x64x32xf32>) outs(%o : tensor<4x32xf32>) attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<4x32xf32>
  kernel.return %r : tensor<4x32xf32>
}

// -----

// A micro-kernel that computes something else.
kernel.func @other_kernel(%x: tensor<4x64xf32>, %w: tensor<1x64x32xf32>, %o: tensor<4x32xf32>) -> tensor<4x32xf32> {
  // expected-error @+1 {{internal: expected a micro-kernel that computes it, but got conv [expand-kernel-ops-C1]}}
  %r = kernel.contract ins(%x, %w : tensor<4x64xf32>, tensor<1x64x32xf32>) outs(%o : tensor<4x32xf32>)
      attributes {panel = 32 : i64, sched.cpu = #sched.cpu<kernel = conv, parallel = [4, 32], vector = 16, registers = [4, 32], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<4x32xf32>
  kernel.return %r : tensor<4x32xf32>
}

// -----

// Sums wait in the output, which has to hold them.
kernel.func @depth_of_f16(%x: tensor<4x64xf32>, %w: tensor<1x64x32xf32>, %o: tensor<4x32xf16>) -> tensor<4x32xf16> {
  // expected-error @+1 {{internal: expected an output of f32, where sums can wait, for a depth of 16, but got 'f16' [expand-kernel-ops-C7]}}
  %r = kernel.contract ins(%x, %w : tensor<4x64xf32>, tensor<1x64x32xf32>) outs(%o : tensor<4x32xf16>)
      attributes {panel = 32 : i64, sched.cpu = #sched.cpu<kernel = gemm, parallel = [4, 32], vector = 16, registers = [4, 32], depth = 16, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      %h = arith.truncf %acc : f32 to f16
      kernel.yield %h : f16
  } -> tensor<4x32xf16>
  kernel.return %r : tensor<4x32xf16>
}

// -----

// One tile size per dim of the output.
kernel.func @other_rank(%x: tensor<4x64xf32>, %w: tensor<1x64x32xf32>, %o: tensor<4x32xf32>) -> tensor<4x32xf32> {
  // expected-error @+1 {{internal: expected 2 parallel tile sizes, but got 3}}
  %r = kernel.contract ins(%x, %w : tensor<4x64xf32>, tensor<1x64x32xf32>) outs(%o : tensor<4x32xf32>)
      attributes {panel = 32 : i64, sched.cpu = #sched.cpu<kernel = gemm, parallel = [1, 4, 32], vector = 16, registers = [4, 32], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<4x32xf32>
  kernel.return %r : tensor<4x32xf32>
}

// -----

// Structured ops have no micro-kernel.
kernel.func @micro_kernel_of_linalg(%x: tensor<4x32xf32>, %o: tensor<4x32xf32>) -> tensor<4x32xf32> {
  // expected-error @+1 {{'linalg.exp' op internal: expected a schedule of loops, but got gemm}}
  %r = linalg.exp {sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 16, registers = [4, 32], depth = 0, unroll = 1, fma = true>} ins(%x : tensor<4x32xf32>) outs(%o : tensor<4x32xf32>) -> tensor<4x32xf32>
  kernel.return %r : tensor<4x32xf32>
}

// -----

// Nobody would read it.
kernel.func @schedule_for_nothing(%x: tensor<4x32xf32>) -> tensor<32x4xf32> {
  // expected-error @+1 {{'tensor.empty' op internal: expected no schedule on an op that none is obeyed for}}
  %r = tensor.empty() {sched.cpu = #sched.cpu<kernel = loops, parallel = [], vector = 16, registers = [], depth = 0, unroll = 1, fma = true>} : tensor<32x4xf32>
  kernel.return %r : tensor<32x4xf32>
}

// -----

// Winograd's algorithm was chosen in phase structured, and formed there.
kernel.func @winograd_left(%x: tensor<4x32xf32>) -> tensor<4x32xf32> {
  // expected-error @+1 {{'tensor.empty' op internal: expected no sched.winograd after weft-form-winograd}}
  %r = tensor.empty() {sched.winograd = 4 : i64} : tensor<4x32xf32>
  kernel.return %r : tensor<4x32xf32>
}
