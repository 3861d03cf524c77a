// Convolutions that gain are marked with the size of output tiles; none is where the algorithm cannot compute it.
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(sched-choose-winograd))' | FileCheck %s --check-prefixes=CHECK,BEST
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(sched-choose-winograd{max-tile=2}))' | FileCheck %s --check-prefixes=CHECK,SMALL
// RUN: weft-opt %s --pass-pipeline='builtin.module(kernel.func(sched-choose-winograd{max-tile=0}))' | FileCheck %s --check-prefixes=CHECK,NONE
// RUN: not weft-opt %s --pass-pipeline='builtin.module(kernel.func(sched-choose-winograd{level=z80}))' 2>&1 | FileCheck %s --check-prefix=LEVEL
// LEVEL: expected level to be a row of CPUTargets.inc or native, but got 'z80' [sched-choose-winograd-C1]

// Many pixels and channels: the largest tiles that are allowed.
// CHECK-LABEL: kernel.func @wide_f32(
// BEST: sched.winograd = 4 : i64
// SMALL: sched.winograd = 2 : i64
// NONE-NOT: sched.winograd
kernel.func @wide_f32(%x: tensor<1x56x56x64xf32>, %w: tensor<1x2x576x32xf32>) -> tensor<1x56x56x64xf32> {
  %o = tensor.empty() : tensor<1x56x56x64xf32>
  %r = kernel.conv ins(%x, %w : tensor<1x56x56x64xf32>, tensor<1x2x576x32xf32>) outs(%o : tensor<1x56x56x64xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x56x56x64xf32>
  kernel.return %r : tensor<1x56x56x64xf32>
}

// Three channels, few pixels: the transforms would cost more than they save.
// CHECK-LABEL: kernel.func @no_winograd_when_narrow(
// CHECK-NOT: sched.winograd
kernel.func @no_winograd_when_narrow(%x: tensor<1x5x5x3xf32>, %w: tensor<1x1x27x32xf32>) -> tensor<1x5x5x8xf32> {
  %o = tensor.empty() : tensor<1x5x5x8xf32>
  %r = kernel.conv ins(%x, %w : tensor<1x5x5x3xf32>, tensor<1x1x27x32xf32>) outs(%o : tensor<1x5x5x8xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x5x5x8xf32>
  kernel.return %r : tensor<1x5x5x8xf32>
}

// CHECK-LABEL: kernel.func @no_winograd_when_strided(
// CHECK-NOT: sched.winograd
kernel.func @no_winograd_when_strided(%x: tensor<1x56x56x64xf32>, %w: tensor<1x2x576x32xf32>) -> tensor<1x28x28x64xf32> {
  %o = tensor.empty() : tensor<1x28x28x64xf32>
  %r = kernel.conv ins(%x, %w : tensor<1x56x56x64xf32>, tensor<1x2x576x32xf32>) outs(%o : tensor<1x28x28x64xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x28x28x64xf32>
  kernel.return %r : tensor<1x28x28x64xf32>
}

// CHECK-LABEL: kernel.func @no_winograd_when_dynamic(
// CHECK-NOT: sched.winograd
kernel.func @no_winograd_when_dynamic(%x: tensor<1x?x56x64xf32> {kernel.dims = array<i64: 2>}, %w: tensor<1x2x576x32xf32>, %h: index)
    -> (tensor<1x?x56x64xf32> {kernel.dims = array<i64: 2>}) {
  %o = tensor.empty(%h) : tensor<1x?x56x64xf32>
  %r = kernel.conv ins(%x, %w : tensor<1x?x56x64xf32>, tensor<1x2x576x32xf32>) outs(%o : tensor<1x?x56x64xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x?x56x64xf32>
  kernel.return %r : tensor<1x?x56x64xf32>
}

// Another op of the kernel has to be computed before: the convolution cannot be split over threads.
// CHECK-LABEL: kernel.func @no_winograd_when_not_alone(
// CHECK-NOT: sched.winograd
kernel.func @no_winograd_when_not_alone(%x: tensor<1x56x56x64xf32>, %w: tensor<1x2x576x32xf32>) -> tensor<1x56x56x64xf32> {
  %o = tensor.empty() : tensor<1x56x56x64xf32>
  %i = linalg.copy ins(%x : tensor<1x56x56x64xf32>) outs(%o : tensor<1x56x56x64xf32>) -> tensor<1x56x56x64xf32>
  %r = kernel.conv ins(%i, %w : tensor<1x56x56x64xf32>, tensor<1x2x576x32xf32>) outs(%o : tensor<1x56x56x64xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x56x56x64xf32>
  kernel.return %r : tensor<1x56x56x64xf32>
}

// Bytes have kernels of their own, whose sums are exact.
// CHECK-LABEL: kernel.func @no_winograd_when_bytes(
// CHECK-NOT: sched.winograd
kernel.func @no_winograd_when_bytes(%x: tensor<1x56x56x64xi8>, %w: tensor<1x2x145x32x4xi8>) -> tensor<1x56x56x64xi32> {
  %o = tensor.empty() : tensor<1x56x56x64xi32>
  %r = kernel.conv ins(%x, %w : tensor<1x56x56x64xi8>, tensor<1x2x145x32x4xi8>) outs(%o : tensor<1x56x56x64xi32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
    ^bb0(%acc: i32):
      kernel.yield %acc : i32
  } -> tensor<1x56x56x64xi32>
  kernel.return %r : tensor<1x56x56x64xi32>
}
