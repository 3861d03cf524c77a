// Contractions of bytes take words of four: by one instruction where the schedule names vpdpbusd, else by pairs of 16 bits.
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(weft-expand-kernel-ops))' | FileCheck %s

// An unsigned left side is multiplied as it lies; minus its zero point times the sums of the columns is what the sums begin with.
// CHECK-LABEL: kernel.func @contract_ui8_vnni(
// CHECK: memref.view %{{.*}} : memref<192xi8> to memref<12x4xi32>
// CHECK: memref.view %{{.*}} : memref<640xi8> to memref<1x5x32xi32>
// CHECK: arith.muli %{{.*}}, %{{.*}} : vector<16xi32>
// CHECK: scf.for
// CHECK-NOT: arith.xori
// CHECK: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"(%{{.*}}) : (vector<16xi32>, vector<64xi8>, vector<64xi8>) -> vector<16xi32>
// CHECK: arith.sitofp %{{.*}} : vector<16xi32> to vector<16xf32>
kernel.func @contract_ui8_vnni(%x: memref<12x16xi8>, %w: memref<1x5x32x4xi8>, %o: memref<12x32xf32>) {
  kernel.contract ins(%x, %w : memref<12x16xi8>, memref<1x5x32x4xi8>) outs(%o : memref<12x32xf32>)
      attributes {panel = 32, lhs_unsigned, zero_point = 3,
                  sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 16, registers = [6, 32], depth = 0, unroll = 1, fma = true, dot = vpdpbusd>} {
    ^bb0(%acc: i32):
      %f = arith.sitofp %acc : i32 to f32
      kernel.yield %f : f32
  }
  kernel.return
}

// A signed left side is read as x + 128.
// CHECK-LABEL: kernel.func @contract_i8_avxvnni(
// CHECK: arith.constant dense<-2139062144> : vector<8xi32>
// CHECK: arith.xori %{{.*}}, %{{.*}} : vector<8xi32>
// CHECK: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.256"(%{{.*}}) : (vector<8xi32>, vector<32xi8>, vector<32xi8>) -> vector<8xi32>
kernel.func @contract_i8_avxvnni(%x: memref<12x16xi8>, %w: memref<1x5x32x4xi8>, %o: memref<12x32xi32>) {
  kernel.contract ins(%x, %w : memref<12x16xi8>, memref<1x5x32x4xi8>) outs(%o : memref<12x32xi32>)
      attributes {panel = 32,
                  sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 8, registers = [4, 16], depth = 0, unroll = 1, fma = true, dot = vpdpbusd>} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  }
  kernel.return
}

// Without dot products of bytes: bytes 0 and 2, then 1 and 3, as 16 bits; no sum saturates.
// CHECK-LABEL: kernel.func @contract_ui8_avx2(
// CHECK: vector.bitcast %{{.*}} : vector<8xi32> to vector<16xi16>
// CHECK: arith.shrsi
// CHECK: arith.andi
// CHECK: arith.shrui
// CHECK-COUNT-2: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"(%{{.*}}) : (vector<16xi16>, vector<16xi16>) -> vector<8xi32>
kernel.func @contract_ui8_avx2(%x: memref<12x16xi8>, %w: memref<1x5x32x4xi8>, %o: memref<12x32xi32>) {
  kernel.contract ins(%x, %w : memref<12x16xi8>, memref<1x5x32x4xi8>) outs(%o : memref<12x32xi32>)
      attributes {panel = 32, lhs_unsigned,
                  sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 8, registers = [4, 16], depth = 0, unroll = 1, fma = true, dot = pmaddwd>} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  }
  kernel.return
}

// CHECK-LABEL: kernel.func @conv_ui8_sse2(
// Rows of the window outside of the input read zero points: the sums begin with them.
// CHECK: arith.constant dense<50529027> : vector<4xi32>
// CHECK: "llvm.x86.sse2.pmadd.wd"
kernel.func @conv_ui8_sse2(%x: memref<1x8x8x4xi8>, %w: memref<1x1x10x32x4xi8>, %o: memref<1x8x8x16xi32>) {
  kernel.conv ins(%x, %w : memref<1x8x8x4xi8>, memref<1x1x10x32x4xi8>) outs(%o : memref<1x8x8x16xi32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>,
                  input_unsigned, zero_point = 3,
                  sched.cpu = #sched.cpu<kernel = conv, parallel = [1, 1, 0, 0], vector = 4, registers = [2, 8], depth = 0, unroll = 1, fma = false, dot = pmaddwd>} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  }
  kernel.return
}

// Each channel by itself: products and sums in f32, exact for so few of them.
// CHECK-LABEL: kernel.func @depthwise_i8(
// CHECK: arith.extsi %{{.*}} : vector<16xi8> to vector<16xi32>
// CHECK: arith.sitofp
// CHECK: arith.subf
// CHECK: vector.fma
// CHECK: arith.fptosi %{{.*}} : vector<16xf32> to vector<16xi32>
kernel.func @depthwise_i8(%x: memref<1x8x8x16xi8>, %w: memref<3x3x16xi8>, %o: memref<1x8x8x16xi32>) {
  kernel.depthwise ins(%x, %w : memref<1x8x8x16xi8>, memref<3x3x16xi8>) outs(%o : memref<1x8x8x16xi32>)
      attributes {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, zero_point = -5,
                  sched.cpu = #sched.cpu<kernel = depthwise, parallel = [], vector = 16, registers = [4, 16], depth = 0, unroll = 1, fma = true>} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  }
  kernel.return
}
