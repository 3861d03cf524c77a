// Contractions bufferise in place on their destination, which they do not read.
// RUN: weft-opt %s --weft-bufferize-kernels --canonicalize | FileCheck %s

// The destination becomes the kernel's result; nothing is allocated or copied.
// CHECK-LABEL: kernel.func @contract_static_f32(
// CHECK-SAME: %[[X:.*]]: memref<4x64xf32>, %[[W:.*]]: memref<4x64x32xf32>, %[[B:.*]]: memref<100xf32>, %[[O:.*]]: memref<4x100xf32>)
// CHECK-NOT: memref.alloc
// CHECK: kernel.contract ins(%[[X]], %[[W]] : {{.*}}) with(%[[B]] : {{.*}}) outs(%[[O]] :
// CHECK: kernel.yield
// CHECK-NOT: memref.copy
kernel.func @contract_static_f32(%x: tensor<4x64xf32>, %w: tensor<4x64x32xf32>, %bias: tensor<100xf32>) -> tensor<4x100xf32> {
  %o = tensor.empty() : tensor<4x100xf32>
  %r = kernel.contract ins(%x, %w : tensor<4x64xf32>, tensor<4x64x32xf32>) with(%bias : tensor<100xf32>)
      outs(%o : tensor<4x100xf32>) attributes {panel = 32 : i64, epilogue_maps = [affine_map<(m, n) -> (n)>]} {
    ^bb0(%acc: f32, %b: f32):
      %s = arith.addf %acc, %b : f32
      kernel.yield %s : f32
  } -> tensor<4x100xf32>
  kernel.return %r : tensor<4x100xf32>
}

// A destination that is read, too, would be overwritten while it is read: another one takes its place.
// CHECK-LABEL: kernel.func @no_reuse_when_destination_is_read(
// CHECK-SAME: %[[W:.*]]: memref<1x32x32xf32>, %[[O:.*]]: memref<32x32xf32>)
// CHECK: linalg.fill {{.*}} outs(%[[O]] :
// CHECK: %[[OTHER:.*]] = memref.alloc
// CHECK: kernel.contract ins(%[[O]], %[[W]] : {{.*}}) outs(%[[OTHER]] :
kernel.func @no_reuse_when_destination_is_read(%w: tensor<1x32x32xf32>) -> tensor<32x32xf32> {
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<32x32xf32>
  %state = linalg.fill ins(%one : f32) outs(%e : tensor<32x32xf32>) -> tensor<32x32xf32>
  %r = kernel.contract ins(%state, %w : tensor<32x32xf32>, tensor<1x32x32xf32>) outs(%state : tensor<32x32xf32>)
      attributes {panel = 32 : i64} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<32x32xf32>
  kernel.return %r : tensor<32x32xf32>
}

// CHECK-LABEL: kernel.func @conv_static_f32(
// CHECK: kernel.conv ins(%{{.*}}, %{{.*}} : memref<1x8x8x4xf32>, memref<1x1x36x32xf32>) outs(%{{.*}} : memref<1x8x8x16xf32>)
kernel.func @conv_static_f32(%x: tensor<1x8x8x4xf32>, %w: tensor<1x1x36x32xf32>) -> tensor<1x8x8x16xf32> {
  %o = tensor.empty() : tensor<1x8x8x16xf32>
  %r = kernel.conv ins(%x, %w : tensor<1x8x8x4xf32>, tensor<1x1x36x32xf32>) outs(%o : tensor<1x8x8x16xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
                  dilations = array<i64: 1, 1>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x8x8x16xf32>
  kernel.return %r : tensor<1x8x8x16xf32>
}
