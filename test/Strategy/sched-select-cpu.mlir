// Each level gets a register tile that its registers hold, and tasks that are neither tiny nor few.
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(sched-select-cpu{level=x86-64-v2}))' | FileCheck %s --check-prefixes=CHECK,V2
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(sched-select-cpu{level=x86-64-v3}))' | FileCheck %s --check-prefixes=CHECK,V3
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(sched-select-cpu{level=x86-64-v4}))' | FileCheck %s --check-prefixes=CHECK,V4
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(sched-select-cpu{level=x86-64-v4-amx}))' | FileCheck %s --check-prefixes=CHECK,AMX

#row = affine_map<(m, n) -> (n)>
#id = affine_map<(m, n) -> (m, n)>

// Large: many tasks of whole register tiles.
// CHECK-LABEL: kernel.func @square_f32(
// V2: #sched.cpu<kernel = gemm, parallel = [{{[1-9][0-9]*, [1-9][0-9]*}}], vector = 4, registers = [{{[2-7]}}, 8], depth = {{[0-9]+}}, unroll = 1, fma = false>
// V3: #sched.cpu<kernel = gemm, parallel = [{{[1-9][0-9]*, [1-9][0-9]*}}], vector = 8, registers = [{{[4-6]}}, 16], depth = 0, unroll = 1, fma = true>
// V4: #sched.cpu<kernel = gemm, parallel = [{{[1-9][0-9]*, [1-9][0-9]*}}], vector = 16, registers = [{{[6-9]|1[0-4]}}, 32], depth = 0, unroll = 1, fma = true>
kernel.func @square_f32(%x: tensor<512x512xf32>, %w: tensor<16x512x32xf32>) -> tensor<512x512xf32> {
  %o = tensor.empty() : tensor<512x512xf32>
  %r = kernel.contract ins(%x, %w : tensor<512x512xf32>, tensor<16x512x32xf32>) outs(%o : tensor<512x512xf32>)
      attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<512x512xf32>
  kernel.return %r : tensor<512x512xf32>
}

// Bytes: with the instruction that the level has; fewer accumulators where operands are split in halves.
// CHECK-LABEL: kernel.func @square_ui8(
// V2: vector = 4, {{.*}} depth = 0, unroll = {{[0-9]+}}, fma = false, dot = pmaddwd>
// V3: vector = 8, {{.*}} depth = 0, unroll = {{[0-9]+}}, fma = true, dot = pmaddwd>
// V4: vector = 16, {{.*}} depth = 0, unroll = {{[0-9]+}}, fma = true, dot = pmaddwd>
// AMX: vector = 16, registers = [32, 32], depth = 0, unroll = 1, fma = true, dot = tdpbusd>
kernel.func @square_ui8(%x: tensor<512x512xi8>, %w: tensor<16x129x32x4xi8>) -> tensor<512x512xi32> {
  %o = tensor.empty() : tensor<512x512xi32>
  %r = kernel.contract ins(%x, %w : tensor<512x512xi8>, tensor<16x129x32x4xi8>) outs(%o : tensor<512x512xi32>)
      attributes {panel = 32 : i64, lhs_unsigned} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  } -> tensor<512x512xi32>
  kernel.return %r : tensor<512x512xi32>
}

// Tiny: one task.
// CHECK-LABEL: kernel.func @tiny_f32(
// CHECK: #sched.cpu<kernel = gemm, parallel = [],
kernel.func @tiny_f32(%x: tensor<8x16xf32>, %w: tensor<1x16x32xf32>) -> tensor<8x32xf32> {
  %o = tensor.empty() : tensor<8x32xf32>
  %r = kernel.contract ins(%x, %w : tensor<8x16xf32>, tensor<1x16x32xf32>) outs(%o : tensor<8x32xf32>)
      attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<8x32xf32>
  kernel.return %r : tensor<8x32xf32>
}

// One row: whole panels of the weights, several steps at once so that the multipliers have work, split along columns.
// CHECK-LABEL: kernel.func @gemv_f32(
// V4: #sched.cpu<kernel = gemv, parallel = [1, {{[1-9][0-9]*}}], vector = 16, registers = [1, 32], depth = 0, unroll = {{[48]}}, fma = true>
kernel.func @gemv_f32(%x: tensor<1x4096xf32>, %w: tensor<32x4096x32xf32>) -> tensor<1x1000xf32> {
  %o = tensor.empty() : tensor<1x1000xf32>
  %r = kernel.contract ins(%x, %w : tensor<1x4096xf32>, tensor<32x4096x32xf32>) outs(%o : tensor<1x1000xf32>)
      attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x1000xf32>
  kernel.return %r : tensor<1x1000xf32>
}

// Unknown sizes are split as if they were large; each batch element is a task of its own.
// CHECK-LABEL: kernel.func @attention_dynamic_f32(
// CHECK: #sched.cpu<kernel = gemm, parallel = [1, 1, {{[1-9][0-9]*, [1-9][0-9]*}}]
kernel.func @attention_dynamic_f32(%q: tensor<?x12x?x32xf32> {kernel.dims = array<i64: 2, 3>},
                                   %k: tensor<?x12x?x32xf32> {kernel.dims = array<i64: 2, 3>}, %b: index, %s: index)
    -> (tensor<?x12x?x?xf32> {kernel.dims = array<i64: 2, 3, 3>}) {
  %o = tensor.empty(%b, %s, %s) : tensor<?x12x?x?xf32>
  %r = kernel.contract ins(%q, %k : tensor<?x12x?x32xf32>, tensor<?x12x?x32xf32>) outs(%o : tensor<?x12x?x?xf32>)
      attributes {rhs_transposed} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<?x12x?x?xf32>
  kernel.return %r : tensor<?x12x?x?xf32>
}

// A long contraction: its panels would stream through the cache once per tile, so it is taken a part of the depth at a time.
// CHECK-LABEL: kernel.func @deep_f32(
// V4: depth = {{[1-9][0-9]*}}, unroll = 1
kernel.func @deep_f32(%x: tensor<49x4608xf32>, %w: tensor<16x4608x32xf32>) -> tensor<49x512xf32> {
  %o = tensor.empty() : tensor<49x512xf32>
  %r = kernel.contract ins(%x, %w : tensor<49x4608xf32>, tensor<16x4608x32xf32>) outs(%o : tensor<49x512xf32>)
      attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<49x512xf32>
  kernel.return %r : tensor<49x512xf32>
}

// Sums cannot wait in an output of another type than theirs.
// CHECK-LABEL: kernel.func @no_depth_when_output_is_no_f32(
// CHECK: depth = 0
kernel.func @no_depth_when_output_is_no_f32(%x: tensor<49x4608xf32>, %w: tensor<16x4608x32xf32>) -> tensor<49x512xf16> {
  %o = tensor.empty() : tensor<49x512xf16>
  %r = kernel.contract ins(%x, %w : tensor<49x4608xf32>, tensor<16x4608x32xf32>) outs(%o : tensor<49x512xf16>)
      attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      %h = arith.truncf %acc : f32 to f16
      kernel.yield %h : f16
  } -> tensor<49x512xf16>
  kernel.return %r : tensor<49x512xf16>
}

// Rows of pixels divide into tiles without a rest.
// CHECK-LABEL: kernel.func @conv_56_f32(
// V4: #sched.cpu<kernel = conv, parallel = [1, {{[1-9][0-9]*}}, 0, 0], vector = 16, registers = [{{7|8|14}}, 32]
// V3: #sched.cpu<kernel = conv, parallel = [1, {{[1-9][0-9]*}}, 0, {{[0-9]+}}], vector = 8, registers = [{{[4-6]}}, 16]
kernel.func @conv_56_f32(%x: tensor<1x56x56x64xf32>, %w: tensor<1x2x576x32xf32>) -> tensor<1x56x56x64xf32> {
  %o = tensor.empty() : tensor<1x56x56x64xf32>
  %r = kernel.conv ins(%x, %w : tensor<1x56x56x64xf32>, tensor<1x2x576x32xf32>) outs(%o : tensor<1x56x56x64xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
                  dilations = array<i64: 1, 1>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x56x56x64xf32>
  kernel.return %r : tensor<1x56x56x64xf32>
}

// Filters larger than the cache are split over tasks, each part read once.
// CHECK-LABEL: kernel.func @conv_7_f32(
// V4: #sched.cpu<kernel = conv, parallel = [1, 7, 0, 32], vector = 16, registers = [7, 32], depth = {{[1-9][0-9]*}}
kernel.func @conv_7_f32(%x: tensor<1x7x7x512xf32>, %w: tensor<1x16x4608x32xf32>) -> tensor<1x7x7x512xf32> {
  %o = tensor.empty() : tensor<1x7x7x512xf32>
  %r = kernel.conv ins(%x, %w : tensor<1x7x7x512xf32>, tensor<1x16x4608x32xf32>) outs(%o : tensor<1x7x7x512xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
                  dilations = array<i64: 1, 1>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x7x7x512xf32>
  kernel.return %r : tensor<1x7x7x512xf32>
}

// Groups are never split.
// CHECK-LABEL: kernel.func @conv_grouped_f32(
// CHECK: #sched.cpu<kernel = conv, parallel = [1, {{[1-9][0-9]*}}, 0, 0]
kernel.func @conv_grouped_f32(%x: tensor<1x56x56x64xf32>, %w: tensor<4x1x144x32xf32>) -> tensor<1x56x56x64xf32> {
  %o = tensor.empty() : tensor<1x56x56x64xf32>
  %r = kernel.conv ins(%x, %w : tensor<1x56x56x64xf32>, tensor<4x1x144x32xf32>) outs(%o : tensor<1x56x56x64xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
                  dilations = array<i64: 1, 1>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x56x56x64xf32>
  kernel.return %r : tensor<1x56x56x64xf32>
}

// CHECK-LABEL: kernel.func @depthwise_f32(
// V4: #sched.cpu<kernel = depthwise, parallel = [1, {{[1-9][0-9]*}}, 0, 0], vector = 16, registers = [8, 32], depth = 0, unroll = 1, fma = true>
// V3: #sched.cpu<kernel = depthwise, parallel = [1, {{[1-9][0-9]*}}, 0, 0], vector = 8, registers = [4, 16], depth = 0, unroll = 1, fma = true>
kernel.func @depthwise_f32(%x: tensor<1x112x112x96xf32>, %w: tensor<3x3x96xf32>) -> tensor<1x112x112x96xf32> {
  %o = tensor.empty() : tensor<1x112x112x96xf32>
  %r = kernel.depthwise ins(%x, %w : tensor<1x112x112x96xf32>, tensor<3x3x96xf32>) outs(%o : tensor<1x112x112x96xf32>)
      attributes {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x112x112x96xf32>
  kernel.return %r : tensor<1x112x112x96xf32>
}

// An elementwise op that is alone in its kernel is cut along its outermost loop.
// CHECK-LABEL: kernel.func @relu_large_f32(
// CHECK: #sched.cpu<kernel = loops, parallel = [{{[1-9][0-9]*}}, 0]
kernel.func @relu_large_f32(%x: tensor<1024x1024xf32>) -> tensor<1024x1024xf32> {
  %o = tensor.empty() : tensor<1024x1024xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<1024x1024xf32>) outs(%o : tensor<1024x1024xf32>) {
    ^bb0(%in: f32, %out: f32):
      %zero = arith.constant 0.0 : f32
      %m = arith.maximumf %in, %zero : f32
      linalg.yield %m : f32
  } -> tensor<1024x1024xf32>
  kernel.return %r : tensor<1024x1024xf32>
}

// CHECK-LABEL: kernel.func @no_split_when_tiny(
// CHECK: #sched.cpu<kernel = loops, parallel = []
kernel.func @no_split_when_tiny(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %o = tensor.empty() : tensor<8x8xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<8x8xf32>) outs(%o : tensor<8x8xf32>) {
    ^bb0(%in: f32, %out: f32):
      %m = arith.negf %in : f32
      linalg.yield %m : f32
  } -> tensor<8x8xf32>
  kernel.return %r : tensor<8x8xf32>
}

// Code generation cuts an op with a producer itself: it knows what fuses.
// CHECK-LABEL: kernel.func @no_schedule_when_producer_is_there(
// CHECK-NOT: sched.cpu
kernel.func @no_schedule_when_producer_is_there(%x: tensor<1024x1024xf32>) -> tensor<1024x1024xf32> {
  %o = tensor.empty() : tensor<1024x1024xf32>
  %r = linalg.exp ins(%x : tensor<1024x1024xf32>) outs(%o : tensor<1024x1024xf32>) -> tensor<1024x1024xf32>
  %s = linalg.negf ins(%r : tensor<1024x1024xf32>) outs(%o : tensor<1024x1024xf32>) -> tensor<1024x1024xf32>
  kernel.return %s : tensor<1024x1024xf32>
}

// In a loop an op is not split.
// CHECK-LABEL: kernel.func @no_split_when_in_loop(
// CHECK: #sched.cpu<kernel = gemm, parallel = [],
kernel.func @no_split_when_in_loop(%x: tensor<512x512xf32>, %w: tensor<16x512x32xf32>, %n: index) -> tensor<512x512xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %o = tensor.empty() : tensor<512x512xf32>
  %l = scf.for %i = %c0 to %n step %c1 iter_args(%state = %x) -> tensor<512x512xf32> {
    %r = kernel.contract ins(%state, %w : tensor<512x512xf32>, tensor<16x512x32xf32>) outs(%o : tensor<512x512xf32>)
        attributes {panel = 32 : i64} {
      ^bb0(%acc: f32):
        kernel.yield %acc : f32
    } -> tensor<512x512xf32>
    scf.yield %r : tensor<512x512xf32>
  }
  kernel.return %l : tensor<512x512xf32>
}

// What a person wrote stays.
// CHECK-LABEL: kernel.func @no_choice_when_scheduled(
// CHECK: #sched.cpu<kernel = gemm, parallel = [], vector = 4, registers = [1, 4], depth = 0, unroll = 1, fma = false>
kernel.func @no_choice_when_scheduled(%x: tensor<512x512xf32>, %w: tensor<16x512x32xf32>) -> tensor<512x512xf32> {
  %o = tensor.empty() : tensor<512x512xf32>
  %r = kernel.contract ins(%x, %w : tensor<512x512xf32>, tensor<16x512x32xf32>) outs(%o : tensor<512x512xf32>)
      attributes {panel = 32 : i64, sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 4, registers = [1, 4], depth = 0, unroll = 1, fma = false>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<512x512xf32>
  kernel.return %r : tensor<512x512xf32>
}
