// RUN: weft-opt %s --weft-fuse-linalg --weft-tile-and-fuse=remarks --canonicalize --cse --split-input-file --verify-diagnostics | FileCheck %s
// Claim: concatenations and slices are copied in tasks when they are large.

// Slices side by side are put into place row by row.
// CHECK-LABEL: kernel.func @concat_channels_f32(
// CHECK: scf.forall (%[[Y:.*]]) = (0) to (64) step ({{[0-9]+}})
// CHECK: tensor.parallel_insert_slice %{{.*}}[0, %[[Y]], 0, 0] [1, {{[0-9]+}}, 32, 48]
// CHECK: tensor.parallel_insert_slice %{{.*}}[0, %[[Y]], 0, 48] [1, {{[0-9]+}}, 32, 16]
kernel.func @concat_channels_f32(%a: tensor<1x64x32x48xf32>, %b: tensor<1x64x32x16xf32>) -> tensor<1x64x32x64xf32> {
  %e = tensor.empty() : tensor<1x64x32x64xf32>
  %0 = tensor.insert_slice %a into %e[0, 0, 0, 0] [1, 64, 32, 48] [1, 1, 1, 1] : tensor<1x64x32x48xf32> into tensor<1x64x32x64xf32>
  %1 = tensor.insert_slice %b into %0[0, 0, 0, 48] [1, 64, 32, 16] [1, 1, 1, 1] : tensor<1x64x32x16xf32> into tensor<1x64x32x64xf32>
  kernel.return %1 : tensor<1x64x32x64xf32>
}

// Along the first dim that is not of size 1, dims behind it are split.
// CHECK-LABEL: kernel.func @concat_planes_f32(
// CHECK: scf.forall (%[[Y:.*]]) = (0) to (64) step ({{[0-9]+}})
// CHECK: tensor.parallel_insert_slice %{{.*}}[0, 0, %[[Y]], 0] [1, 3, {{[0-9]+}}, 256]
// CHECK: tensor.parallel_insert_slice %{{.*}}[0, 3, %[[Y]], 0] [1, 5, {{[0-9]+}}, 256]
kernel.func @concat_planes_f32(%a: tensor<1x3x64x256xf32>, %b: tensor<1x5x64x256xf32>) -> tensor<1x8x64x256xf32> {
  %e = tensor.empty() : tensor<1x8x64x256xf32>
  %0 = tensor.insert_slice %a into %e[0, 0, 0, 0] [1, 3, 64, 256] [1, 1, 1, 1] : tensor<1x3x64x256xf32> into tensor<1x8x64x256xf32>
  %1 = tensor.insert_slice %b into %0[0, 3, 0, 0] [1, 5, 64, 256] [1, 1, 1, 1] : tensor<1x5x64x256xf32> into tensor<1x8x64x256xf32>
  kernel.return %1 : tensor<1x8x64x256xf32>
}

// Few elements are one task.
// CHECK-LABEL: kernel.func @no_split_of_concat_when_small(
// CHECK-NOT: scf.forall
// expected-remark @+1 {{not parallel: 'tensor.insert_slice' computes a result}}
kernel.func @no_split_of_concat_when_small(%a: tensor<4x8xf32>, %b: tensor<4x8xf32>) -> tensor<4x16xf32> {
  %e = tensor.empty() : tensor<4x16xf32>
  %0 = tensor.insert_slice %a into %e[0, 0] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<4x16xf32>
  %1 = tensor.insert_slice %b into %0[0, 8] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<4x16xf32>
  kernel.return %1 : tensor<4x16xf32>
}

// A slice that a kernel returns is copied in tiles.
// CHECK-LABEL: kernel.func @slice_strided_f32(
// CHECK: scf.forall (%{{.*}}) = (0) to (208) step ({{[0-9]+}})
kernel.func @slice_strided_f32(%a: tensor<1x416x416x3xf32>) -> tensor<1x208x208x3xf32> {
  %0 = tensor.extract_slice %a[0, 1, 0, 0] [1, 208, 208, 3] [1, 2, 2, 1] : tensor<1x416x416x3xf32> to tensor<1x208x208x3xf32>
  kernel.return %0 : tensor<1x208x208x3xf32>
}
