// Contractions parse, print and verify on tensors and on memory.
// RUN: weft-opt %s | FileCheck %s

#row = affine_map<(m, n) -> (n)>
#all = affine_map<(m, n) -> (m, n)>
#corner = affine_map<(m, n) -> (0, n)>
#scalar = affine_map<(m, n) -> ()>

// Packed weights; extra operands by row, by element, broadcast and scalar.
// CHECK-LABEL: func.func @contract_packed_f32(
func.func @contract_packed_f32(%x: tensor<4x64xf32>, %w: tensor<4x64x32xf32>, %bias: tensor<100xf32>,
                               %residual: tensor<4x100xf32>, %scale: tensor<1x100xf32>, %one: tensor<f32>,
                               %o: tensor<4x100xf32>) -> tensor<4x100xf32> {
  // CHECK: kernel.contract ins(%{{.*}}, %{{.*}} : tensor<4x64xf32>, tensor<4x64x32xf32>) with(
  // CHECK-SAME: outs(%{{.*}} : tensor<4x100xf32>)
  %r = kernel.contract ins(%x, %w : tensor<4x64xf32>, tensor<4x64x32xf32>)
      with(%bias, %residual, %scale, %one : tensor<100xf32>, tensor<4x100xf32>, tensor<1x100xf32>, tensor<f32>)
      outs(%o : tensor<4x100xf32>) attributes {panel = 32 : i64, epilogue_maps = [#row, #all, #corner, #scalar]} {
    ^bb0(%acc: f32, %b: f32, %r: f32, %s: f32, %c: f32):
      %0 = arith.addf %acc, %b : f32
      // CHECK: kernel.yield
      kernel.yield %0 : f32
  } -> tensor<4x100xf32>
  return %r : tensor<4x100xf32>
}

// Batches broadcast by a missing dim and by a size of 1; the output may have another element type.
// CHECK-LABEL: func.func @contract_batched_f32(
func.func @contract_batched_f32(%x: tensor<2x?x8x16xf32>, %y: tensor<1x16x10xf32>, %o: tensor<2x?x8x10xi1>) -> tensor<2x?x8x10xi1> {
  %r = kernel.contract ins(%x, %y : tensor<2x?x8x16xf32>, tensor<1x16x10xf32>) outs(%o : tensor<2x?x8x10xi1>) {
    ^bb0(%acc: f32):
      %zero = arith.constant 0.0 : f32
      %0 = arith.cmpf ogt, %acc, %zero : f32
      kernel.yield %0 : i1
  } -> tensor<2x?x8x10xi1>
  return %r : tensor<2x?x8x10xi1>
}

// On memory there is no result.
// CHECK-LABEL: func.func @contract_memref_f32(
func.func @contract_memref_f32(%x: memref<?x?xf32>, %y: memref<?x?xf32>, %o: memref<?x?xf32>) {
  // CHECK: attributes {rhs_transposed}
  kernel.contract ins(%x, %y : memref<?x?xf32>, memref<?x?xf32>) outs(%o : memref<?x?xf32>) attributes {rhs_transposed} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  }
  return
}

// CHECK-LABEL: func.func @conv_grouped_f32(
func.func @conv_grouped_f32(%x: tensor<?x9x9x8xf32>, %w: tensor<2x1x36x32xf32>, %o: tensor<?x5x5x24xf32>) -> tensor<?x5x5x24xf32> {
  // CHECK: kernel.conv
  %r = kernel.conv ins(%x, %w : tensor<?x9x9x8xf32>, tensor<2x1x36x32xf32>) outs(%o : tensor<?x5x5x24xf32>)
      attributes {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>,
                  dilations = array<i64: 1, 1>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<?x5x5x24xf32>
  return %r : tensor<?x5x5x24xf32>
}

// CHECK-LABEL: func.func @conv_1d_f32(
func.func @conv_1d_f32(%x: tensor<1x?x8xf32>, %w: tensor<1x1x24x32xf32>, %o: tensor<1x?x24xf32>) -> tensor<1x?x24xf32> {
  %r = kernel.conv ins(%x, %w : tensor<1x?x8xf32>, tensor<1x1x24x32xf32>) outs(%o : tensor<1x?x24xf32>)
      attributes {kernel = array<i64: 3>, strides = array<i64: 1>, pads = array<i64: 1, 1>, dilations = array<i64: 1>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x?x24xf32>
  return %r : tensor<1x?x24xf32>
}

// CHECK-LABEL: func.func @depthwise_2d_f32(
func.func @depthwise_2d_f32(%x: tensor<1x8x8x40xf32>, %w: tensor<3x3x40xf32>, %o: tensor<1x8x8x40xf32>) -> tensor<1x8x8x40xf32> {
  // CHECK: kernel.depthwise
  %r = kernel.depthwise ins(%x, %w : tensor<1x8x8x40xf32>, tensor<3x3x40xf32>) outs(%o : tensor<1x8x8x40xf32>)
      attributes {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} {
    ^bb0(%acc: f32):
      kernel.yield %acc : f32
  } -> tensor<1x8x8x40xf32>
  return %r : tensor<1x8x8x40xf32>
}
