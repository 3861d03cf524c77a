// Winograd's algorithm: patches are transformed once, then one product per position of the patch and register tile of columns.
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(weft-expand-kernel-ops))' --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: kernel.func @tile2_f32(
// CHECK: %[[PATCHES:.*]] = memref.alloc() {{.*}} : memref<16x{{.*}}xf32>
// CHECK: %[[PRODUCTS:.*]] = memref.alloc() {{.*}} : memref<16x{{.*}}xf32>
// CHECK: scf.forall (%{{.*}}, %{{.*}}) in (1, 2)
// Inside patches are read plainly, those at the border with masks.
// CHECK: scf.if
// CHECK-COUNT-16: vector.load
// CHECK-COUNT-16: vector.store %{{.*}}, %[[PATCHES]]
// CHECK: else
// CHECK-COUNT-16: vector.maskedload
// CHECK-COUNT-16: vector.store %{{.*}}, %[[PATCHES]]
// CHECK: memref.load %[[PATCHES]]
// CHECK: vector.fma
// CHECK: vector.store %{{.*}}, %[[PRODUCTS]]
// Results: 16 products become 4 pixels.
// CHECK-COUNT-16: vector.load %[[PRODUCTS]]
// CHECK-COUNT-4: vector.store
kernel.func @tile2_f32(%x: memref<1x8x8x16xf32>, %w: memref<1x16x16x32xf32>, %o: memref<1x8x8x16xf32>) {
  kernel.winograd ins(%x, %w : memref<1x8x8x16xf32>, memref<1x16x16x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {pads = array<i64: 1, 1, 1, 1>,
                  sched.cpu = #sched.cpu<kernel = winograd, parallel = [1, 4, 0, 0], vector = 16, registers = [4, 16], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}

// -----

// Tasks that cut tiles.
kernel.func @expand_c8_lines(%x: memref<1x8x8x16xf32>, %w: memref<1x16x16x32xf32>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected tasks of whole lines of tiles of 2 pixels, but got parallel tiles of 3x0 [expand-kernel-ops-C8]}}
  kernel.winograd ins(%x, %w : memref<1x8x8x16xf32>, memref<1x16x16x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {pads = array<i64: 1, 1, 1, 1>,
                  sched.cpu = #sched.cpu<kernel = winograd, parallel = [1, 3, 0, 0], vector = 16, registers = [4, 16], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}
