// Tiles compute products of bytes where they have enough to do; elsewhere, and where the pass is told so, vectors do.
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(sched-select-cpu{level=x86-64-v4-amx}))' | FileCheck %s
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(sched-select-cpu{level=x86-64-v4-amx tiles=false}))' | FileCheck %s --check-prefix=OFF
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(sched-select-cpu{level=x86-64-v4-vnni}))' | FileCheck %s --check-prefix=OFF
// OFF-NOT: tdpbusd
// OFF: dot = vpdpbusd
// OFF-NOT: tdpbusd

// 49 rows are four tiles of 13.
// CHECK-LABEL: kernel.func @rows_49(
// CHECK: registers = [26, 32], {{.*}} dot = tdpbusd>
kernel.func @rows_49(%x: tensor<49x64xi8>, %w: tensor<2x17x32x4xi8>) -> tensor<49x64xi32> {
  %o = tensor.empty() : tensor<49x64xi32>
  %r = kernel.contract ins(%x, %w : tensor<49x64xi8>, tensor<2x17x32x4xi8>) outs(%o : tensor<49x64xi32>)
      attributes {panel = 32 : i64, lhs_unsigned} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  } -> tensor<49x64xi32>
  kernel.return %r : tensor<49x64xi32>
}

// CHECK-LABEL: kernel.func @few_columns(
// CHECK: registers = [16, 16], {{.*}} dot = tdpbusd>
kernel.func @few_columns(%x: tensor<16x64xi8>, %w: tensor<1x17x32x4xi8>) -> tensor<16x12xi32> {
  %o = tensor.empty() : tensor<16x12xi32>
  %r = kernel.contract ins(%x, %w : tensor<16x64xi8>, tensor<1x17x32x4xi8>) outs(%o : tensor<16x12xi32>)
      attributes {panel = 32 : i64, lhs_unsigned} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  } -> tensor<16x12xi32>
  kernel.return %r : tensor<16x12xi32>
}

// CHECK-LABEL: kernel.func @rows_unknown(
// CHECK: registers = [32, 32], {{.*}} dot = tdpbusd>
kernel.func @rows_unknown(%x: tensor<?x64xi8> {kernel.dims = array<i64: 2>}, %w: tensor<2x17x32x4xi8>, %m: index)
    -> (tensor<?x64xi32> {kernel.dims = array<i64: 2>}) {
  %o = tensor.empty(%m) : tensor<?x64xi32>
  %r = kernel.contract ins(%x, %w : tensor<?x64xi8>, tensor<2x17x32x4xi8>) outs(%o : tensor<?x64xi32>)
      attributes {panel = 32 : i64, lhs_unsigned} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  } -> tensor<?x64xi32>
  kernel.return %r : tensor<?x64xi32>
}

// CHECK-LABEL: kernel.func @no_tiles_for_two_rows(
// CHECK: dot = vpdpbusd>
kernel.func @no_tiles_for_two_rows(%x: tensor<2x64xi8>, %w: tensor<2x17x32x4xi8>) -> tensor<2x64xi32> {
  %o = tensor.empty() : tensor<2x64xi32>
  %r = kernel.contract ins(%x, %w : tensor<2x64xi8>, tensor<2x17x32x4xi8>) outs(%o : tensor<2x64xi32>)
      attributes {panel = 32 : i64, lhs_unsigned} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  } -> tensor<2x64xi32>
  kernel.return %r : tensor<2x64xi32>
}

// CHECK-LABEL: kernel.func @no_tiles_for_short_sums(
// CHECK: dot = vpdpbusd>
kernel.func @no_tiles_for_short_sums(%x: tensor<64x28xi8>, %w: tensor<2x8x32x4xi8>) -> tensor<64x64xi32> {
  %o = tensor.empty() : tensor<64x64xi32>
  %r = kernel.contract ins(%x, %w : tensor<64x28xi8>, tensor<2x8x32x4xi8>) outs(%o : tensor<64x64xi32>)
      attributes {panel = 32 : i64, lhs_unsigned} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  } -> tensor<64x64xi32>
  kernel.return %r : tensor<64x64xi32>
}

// Lines of 14 pixels are tiles of 14 rows.
// CHECK-LABEL: kernel.func @conv_14(
// CHECK: registers = [14, 32], {{.*}} dot = tdpbusd>
kernel.func @conv_14(%x: tensor<1x14x14x64xi8>, %w: tensor<1x2x145x32x4xi8>) -> tensor<1x14x14x64xi32> {
  %o = tensor.empty() : tensor<1x14x14x64xi32>
  %r = kernel.conv ins(%x, %w : tensor<1x14x14x64xi8>, tensor<1x2x145x32x4xi8>) outs(%o : tensor<1x14x14x64xi32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
                  dilations = array<i64: 1, 1>} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  } -> tensor<1x14x14x64xi32>
  kernel.return %r : tensor<1x14x14x64xi32>
}

// CHECK-LABEL: kernel.func @no_tiles_for_short_runs(
// CHECK: dot = vpdpbusd>
kernel.func @no_tiles_for_short_runs(%x: tensor<1x14x14x4xi8>, %w: tensor<1x2x10x32x4xi8>) -> tensor<1x14x14x64xi32> {
  %o = tensor.empty() : tensor<1x14x14x64xi32>
  %r = kernel.conv ins(%x, %w : tensor<1x14x14x4xi8>, tensor<1x2x10x32x4xi8>) outs(%o : tensor<1x14x14x64xi32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
                  dilations = array<i64: 1, 1>} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  } -> tensor<1x14x14x64xi32>
  kernel.return %r : tensor<1x14x14x64xi32>
}

// CHECK-LABEL: kernel.func @no_tiles_for_unknown_pixels(
// CHECK: dot = vpdpbusd>
kernel.func @no_tiles_for_unknown_pixels(%x: tensor<1x?x?x64xi8> {kernel.dims = array<i64: 2, 3>}, %w: tensor<1x2x145x32x4xi8>, %h: index, %v: index)
    -> (tensor<1x?x?x64xi32> {kernel.dims = array<i64: 2, 3>}) {
  %o = tensor.empty(%h, %v) : tensor<1x?x?x64xi32>
  %r = kernel.conv ins(%x, %w : tensor<1x?x?x64xi8>, tensor<1x2x145x32x4xi8>) outs(%o : tensor<1x?x?x64xi32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
                  dilations = array<i64: 1, 1>} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  } -> tensor<1x?x?x64xi32>
  kernel.return %r : tensor<1x?x?x64xi32>
}
