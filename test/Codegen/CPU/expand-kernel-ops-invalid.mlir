// Schedules that code generation cannot obey.
// RUN: weft-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(kernel.func(weft-expand-kernel-ops))'

kernel.func @expand_c1_no_schedule(%x: memref<4x64xf32>, %w: memref<1x64x32xf32>, %o: memref<4x32xf32>) {
  // expected-error @+1 {{expected a schedule in sched.cpu, but got none [expand-kernel-ops-C1]}}
  kernel.contract ins(%x, %w : memref<4x64xf32>, memref<1x64x32xf32>) outs(%o : memref<4x32xf32>) attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}

// -----

kernel.func @expand_c1_other_kernel(%x: memref<4x64xf32>, %w: memref<1x64x32xf32>, %o: memref<4x32xf32>) {
  // expected-error @+1 {{expected a micro-kernel that computes it, but got conv [expand-kernel-ops-C1]}}
  kernel.contract ins(%x, %w : memref<4x64xf32>, memref<1x64x32xf32>) outs(%o : memref<4x32xf32>)
      attributes {panel = 32 : i64, sched.cpu = #sched.cpu<kernel = conv, parallel = [4, 32], vector = 16, registers = [4, 32], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}

// -----

kernel.func @expand_c2_rank(%x: memref<4x64xf32>, %w: memref<1x64x32xf32>, %o: memref<4x32xf32>) {
  // expected-error @+1 {{expected 2 parallel tile sizes, but got 3 [expand-kernel-ops-C2]}}
  kernel.contract ins(%x, %w : memref<4x64xf32>, memref<1x64x32xf32>) outs(%o : memref<4x32xf32>)
      attributes {panel = 32 : i64, sched.cpu = #sched.cpu<kernel = gemm, parallel = [1, 4, 32], vector = 16, registers = [4, 32], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}

// -----

kernel.func @expand_c3_in_loop(%x: memref<4x64xf32>, %w: memref<1x64x32xf32>, %o: memref<4x32xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    // expected-error @+1 {{expected no parallel level inside a loop [expand-kernel-ops-C3]}}
    kernel.contract ins(%x, %w : memref<4x64xf32>, memref<1x64x32xf32>) outs(%o : memref<4x32xf32>)
        attributes {panel = 32 : i64, sched.cpu = #sched.cpu<kernel = gemm, parallel = [4, 32], vector = 16, registers = [4, 32], depth = 0, unroll = 1, fma = true>} {
      ^bb0(%acc: f32):
        kernel.yield %acc : f32
    }
  }
  kernel.return
}

// -----

kernel.func @expand_c4_panel(%x: memref<4x64xf32>, %w: memref<4x64x8xf32>, %o: memref<4x32xf32>) {
  // expected-error @+1 {{expected panels of whole vectors of 16, but got 8 [expand-kernel-ops-C4]}}
  kernel.contract ins(%x, %w : memref<4x64xf32>, memref<4x64x8xf32>) outs(%o : memref<4x32xf32>)
      attributes {panel = 8 : i64, sched.cpu = #sched.cpu<kernel = gemm, parallel = [4, 32], vector = 16, registers = [4, 32], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}

// -----

kernel.func @expand_c5_stride(%x: memref<4x64xf32>, %w: memref<1x64x32xf32, strided<[4096, 64, 2]>>, %o: memref<4x32xf32>) {
  // expected-error @+1 {{expected operand 1 to be a memref with unit stride in its last dim}}
  kernel.contract ins(%x, %w : memref<4x64xf32>, memref<1x64x32xf32, strided<[4096, 64, 2]>>) outs(%o : memref<4x32xf32>)
      attributes {panel = 32 : i64, sched.cpu = #sched.cpu<kernel = gemm, parallel = [4, 32], vector = 16, registers = [4, 32], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}

// -----

kernel.func @expand_c5_dense(%x: memref<1x8x8x4xf32, strided<[512, 64, 8, 1]>>, %w: memref<1x1x36x32xf32>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected dense operands}}
  kernel.conv ins(%x, %w : memref<1x8x8x4xf32, strided<[512, 64, 8, 1]>>, memref<1x1x36x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>,
                  sched.cpu = #sched.cpu<kernel = conv, parallel = [1, 1, 0, 0], vector = 16, registers = [2, 16], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}

// -----

kernel.func @expand_c6_groups(%x: memref<1x8x8x4xf32>, %w: memref<2x1x18x32xf32>, %o: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{expected the channels of a grouped convolution whole in a task, but got tiles of 16 [expand-kernel-ops-C6]}}
  kernel.conv ins(%x, %w : memref<1x8x8x4xf32>, memref<2x1x18x32xf32>) outs(%o : memref<1x8x8x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>,
                  sched.cpu = #sched.cpu<kernel = conv, parallel = [1, 1, 0, 16], vector = 16, registers = [2, 16], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  kernel.return
}

// -----

kernel.func @expand_c7_output(%x: memref<4x64xf32>, %w: memref<1x64x32xf32>, %o: memref<4x32xf16>) {
  // expected-error @+1 {{expected an output of f32, where sums can wait, for a depth of 16, but got 'f16' [expand-kernel-ops-C7]}}
  kernel.contract ins(%x, %w : memref<4x64xf32>, memref<1x64x32xf32>) outs(%o : memref<4x32xf16>)
      attributes {panel = 32 : i64, sched.cpu = #sched.cpu<kernel = gemm, parallel = [4, 32], vector = 16, registers = [4, 32], depth = 16, unroll = 1, fma = true>} {
    ^bb0(%acc: f32):
      %h = arith.truncf %acc : f32 to f16
      kernel.yield %h : f16
  }
  kernel.return
}

// -----

kernel.func @c8_no_instruction_for_bytes(%x: memref<12x16xi8>, %w: memref<1x5x32x4xi8>, %o: memref<12x32xi32>) {
  // expected-error @+1 {{expected an instruction for products of bytes in dot, but got none [expand-kernel-ops-C8]}}
  kernel.contract ins(%x, %w : memref<12x16xi8>, memref<1x5x32x4xi8>) outs(%o : memref<12x32xi32>)
      attributes {panel = 32, sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 16, registers = [6, 32], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  }
  kernel.return
}

// -----

kernel.func @c7_bytes_in_blocks(%x: memref<12x16xi8>, %w: memref<1x5x32x4xi8>, %o: memref<12x32xf32>) {
  // expected-error @+1 {{expected bytes to be summed all at once, but got a depth of 8 [expand-kernel-ops-C7]}}
  kernel.contract ins(%x, %w : memref<12x16xi8>, memref<1x5x32x4xi8>) outs(%o : memref<12x32xf32>)
      attributes {panel = 32, sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 16, registers = [6, 32], depth = 8, unroll = 1, fma = true, dot = vpdpbusd>} {
    ^bb0(%acc: i32):
      %f = arith.sitofp %acc : i32 to f32
      kernel.yield %f : f32
  }
  kernel.return
}

// -----

kernel.func @expand_c9_panel(%x: memref<16x64xi8>, %w: memref<2x17x16x4xi8>, %o: memref<16x32xi32>) {
  // expected-error @+1 {{expected tiles of at most 16 columns, but got 32 [expand-kernel-ops-C9]}}
  kernel.contract ins(%x, %w : memref<16x64xi8>, memref<2x17x16x4xi8>) outs(%o : memref<16x32xi32>)
      attributes {panel = 16 : i64, sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 16, registers = [16, 32], depth = 0, unroll = 1, fma = true, dot = tdpbusd>} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  }
  kernel.return
}

// -----

kernel.func @expand_c9_pixels(%x: memref<1x8x8x16xi8>, %w: memref<1x1x37x32x4xi8>, %o: memref<1x6x6x32xi32>) {
  // expected-error @+1 {{expected tiles of at most 6 rows and 32 columns, but got 8 and 32 [expand-kernel-ops-C9]}}
  kernel.conv ins(%x, %w : memref<1x8x8x16xi8>, memref<1x1x37x32x4xi8>) outs(%o : memref<1x6x6x32xi32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
                  sched.cpu = #sched.cpu<kernel = conv, parallel = [], vector = 16, registers = [8, 32], depth = 0, unroll = 1, fma = true, dot = tdpbusd>} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  }
  kernel.return
}

// -----

kernel.func @expand_c9_dynamic(%x: memref<1x?x?x16xi8> {kernel.dims = array<i64: 3, 4>}, %w: memref<1x1x37x32x4xi8>,
                               %o: memref<1x?x?x32xi32> {kernel.dims = array<i64: 5, 6>}, %h: index, %v: index, %oh: index, %ow: index) {
  // expected-error @+1 {{expected static spatial sizes for tiles, but got 'memref<1x?x?x16xi8>' [expand-kernel-ops-C9]}}
  kernel.conv ins(%x, %w : memref<1x?x?x16xi8>, memref<1x1x37x32x4xi8>) outs(%o : memref<1x?x?x32xi32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
                  sched.cpu = #sched.cpu<kernel = conv, parallel = [], vector = 16, registers = [16, 32], depth = 0, unroll = 1, fma = true, dot = tdpbusd>} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  }
  kernel.return
}
