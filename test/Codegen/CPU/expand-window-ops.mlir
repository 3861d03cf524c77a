// Windows of convolutions are clipped at the borders; nothing is copied to pad the input.
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(weft-expand-kernel-ops))' | FileCheck %s

// A row of the window is one run of the input: 3 taps of 4 channels. The border tiles leave the taps outside out.
// CHECK-LABEL: kernel.func @conv_padded_f32(
// CHECK-NOT: memref.alloc
// CHECK: memref.collapse_shape %{{.*}} {{\[}}[0], [1], [2, 3]]
// CHECK: scf.forall (%{{.*}}, %{{.*}}) in (1, 8)
// Left border: the first tap for 1 of 2 rows, the others for both.
// CHECK: scf.for
// CHECK: scf.for %{{.*}} = %c0{{.*}} to %c4{{.*}} step
// CHECK-COUNT-1: vector.fma
// CHECK: scf.for %{{.*}} = %c4{{.*}} to %c12{{.*}} step
// CHECK-COUNT-2: vector.fma
// CHECK-NOT: arith.select
kernel.func @conv_padded_f32(%x: memref<1x8x8x4xf32>, %w: memref<1x1x36x32xf32>, %o: memref<1x8x8x16xf32>) {
  kernel.conv ins(%x, %w : memref<1x8x8x4xf32>, memref<1x1x36x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
                  dilations = array<i64: 1, 1>,
                  sched.cpu = #sched.cpu<kernel = conv, parallel = [1, 1, 0, 0], vector = 16, registers = [2, 16], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}

// Of an input of unknown width each tap is checked where it is read.
// CHECK-LABEL: kernel.func @conv_dynamic_f32(
// CHECK: arith.select %{{.*}}, %{{.*}}, %{{.*}} : f32
kernel.func @conv_dynamic_f32(%x: memref<1x8x?x4xf32> {kernel.dims = array<i64: 3>}, %w: memref<1x1x36x32xf32>,
                              %o: memref<1x8x?x16xf32> {kernel.dims = array<i64: 3>}, %n: index) {
  kernel.conv ins(%x, %w : memref<1x8x?x4xf32>, memref<1x1x36x32xf32>) outs(%o : memref<1x8x?x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
                  dilations = array<i64: 1, 1>,
                  sched.cpu = #sched.cpu<kernel = conv, parallel = [1, 1, 0, 0], vector = 16, registers = [2, 16], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}

// Neighbouring windows share input vectors: 4 loads for 2 rows of 3 taps, and 3 of weights, which is 7 for 6 products.
// CHECK-LABEL: kernel.func @depthwise_inside_f32(
// CHECK: scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>)
// CHECK-COUNT-7: vector.load
// CHECK: scf.yield
kernel.func @depthwise_inside_f32(%x: memref<1x8x8x16xf32>, %w: memref<3x3x16xf32>, %o: memref<1x6x6x16xf32>) {
  kernel.depthwise ins(%x, %w : memref<1x8x8x16xf32>, memref<3x3x16xf32>) outs(%o : memref<1x6x6x16xf32>)
      attributes {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
                  sched.cpu = #sched.cpu<kernel = depthwise, parallel = [1, 1, 0, 0], vector = 16, registers = [2, 16], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}

// Three dims: the rows of the window are counted along both outer ones, each clipped at its borders.
// CHECK-LABEL: kernel.func @conv_3d_f32(
// CHECK: memref.collapse_shape %{{.*}} {{\[}}[0], [1], [2], [3, 4]]
// CHECK: scf.forall (%{{.*}}, %{{.*}}) in (1, 4)
// CHECK: arith.maxsi
// CHECK: arith.maxsi
// CHECK: scf.for {{.*}} iter_args
// CHECK: scf.for {{.*}} iter_args
// CHECK: vector.fma
kernel.func @conv_3d_f32(%x: memref<1x4x6x8x4xf32>, %w: memref<1x1x108x32xf32>, %o: memref<1x4x6x8x16xf32>) {
  kernel.conv ins(%x, %w : memref<1x4x6x8x4xf32>, memref<1x1x108x32xf32>) outs(%o : memref<1x4x6x8x16xf32>)
      attributes {kernel = array<i64: 3, 3, 3>, strides = array<i64: 1, 1, 1>, pads = array<i64: 1, 1, 1, 1, 1, 1>,
                  dilations = array<i64: 1, 1, 1>,
                  sched.cpu = #sched.cpu<kernel = conv, parallel = [1, 1, 0, 0, 0], vector = 16, registers = [2, 16], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}
