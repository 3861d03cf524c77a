// Float contractions become kernel ops with weights packed on the host and the elementwise ops behind them as epilogue.
// RUN: weft-opt %s --split-input-file \
// RUN:   --pass-pipeline='builtin.module(weft-outline-kernels,kernel.func(convert-weft-to-linalg))' | FileCheck %s

// Bias and SiLU, which reads its input twice, join the convolution.
// CHECK-LABEL: kernel.func @k0(
// CHECK-SAME: tensor<1x2x144x32xf32>
// CHECK: kernel.conv ins(%{{.*}}, %{{.*}}) with(%{{.*}} : tensor<1x1x1x40xf32>)
// CHECK-NEXT: ^bb0(%[[ACC:.+]]: f32, %[[BIAS:.+]]: f32):
// CHECK-NEXT: %[[SUM:.+]] = arith.addf %[[ACC]], %[[BIAS]]
// CHECK: arith.mulf %[[SUM]]
// CHECK-NEXT: kernel.yield
// CHECK-NOT: linalg.generic
// CHECK-LABEL: func.func @conv_static_f32_bias_silu(
// CHECK: kernel.pack {{.*}}k = [1, 2, 3], n = 0, groups = 1
func.func @conv_static_f32_bias_silu(%x: tensor<1x8x8x16xf32>, %b: tensor<1x1x1x40xf32>) -> tensor<1x8x8x40xf32> {
  %w = weft.constant dense_resource<w> : tensor<40x3x3x16xf32>
  %0 = weft.kernel "conv" (%x, %w, %b) nodes ["a"] : (tensor<1x8x8x16xf32>, tensor<40x3x3x16xf32>, tensor<1x1x1x40xf32>) -> tensor<1x8x8x40xf32> {
  ^bb0(%i: tensor<1x8x8x16xf32>, %f: tensor<40x3x3x16xf32>, %c: tensor<1x1x1x40xf32>):
    %1 = weft.conv %i, %f {layout = #weft.layout<nhwc>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x8x8x16xf32>, tensor<40x3x3x16xf32>) -> tensor<1x8x8x40xf32>
    %2 = weft.add %1, %c : (tensor<1x8x8x40xf32>, tensor<1x1x1x40xf32>) -> tensor<1x8x8x40xf32>
    %3 = weft.sigmoid %2 : (tensor<1x8x8x40xf32>) -> tensor<1x8x8x40xf32>
    %4 = weft.mul %2, %3 : (tensor<1x8x8x40xf32>, tensor<1x8x8x40xf32>) -> tensor<1x8x8x40xf32>
    weft.yield %4 : tensor<1x8x8x40xf32>
  }
  return %0 : tensor<1x8x8x40xf32>
}

// -----

// A channel of its own per group.
// CHECK-LABEL: kernel.func @k0(
// CHECK: kernel.depthwise ins(%{{.*}}, %{{.*}} : tensor<1x8x8x16xf32>, tensor<3x3x16xf32>)
func.func @conv_static_f32_depthwise(%x: tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32> {
  %w = weft.constant dense<0.5> : tensor<16x3x3x1xf32>
  %0 = weft.conv %x, %w {layout = #weft.layout<nhwc>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 16 : i64} : (tensor<1x8x8x16xf32>, tensor<16x3x3x1xf32>) -> tensor<1x8x8x16xf32>
  return %0 : tensor<1x8x8x16xf32>
}

// -----

// One tap is a product of all pixels' rows.
// CHECK-LABEL: kernel.func @k0(
// CHECK: kernel.contract ins(%{{.*}}, %{{.*}} : tensor<64x16xf32>, tensor<1x16x32xf32>)
// CHECK: tensor.expand_shape
func.func @conv_static_f32_pointwise(%x: tensor<1x8x8x16xf32>) -> tensor<1x8x8x24xf32> {
  %w = weft.constant dense<0.5> : tensor<24x1x1x16xf32>
  %0 = weft.conv %x, %w {layout = #weft.layout<nhwc>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x8x8x16xf32>, tensor<24x1x1x16xf32>) -> tensor<1x8x8x24xf32>
  return %0 : tensor<1x8x8x24xf32>
}

// -----

// Constant weights are shared by all batches: rows of all of them are rows of one product.
// CHECK-LABEL: kernel.func @k0(
// CHECK: kernel.contract ins(%{{.*}}, %{{.*}} : tensor<?x16xf32>, tensor<2x16x32xf32>)
// CHECK-SAME: panel = 32
func.func @matmul_dynamic_f32_constant(%x: tensor<?x8x16xf32, #weft.dims<b, 8, 16>>) -> tensor<?x8x40xf32, #weft.dims<b, 8, 40>> {
  %w = weft.constant dense<0.5> : tensor<1x16x40xf32>
  %0 = weft.matmul %x, %w : (tensor<?x8x16xf32, #weft.dims<b, 8, 16>>, tensor<1x16x40xf32>) -> tensor<?x8x40xf32, #weft.dims<b, 8, 40>>
  return %0 : tensor<?x8x40xf32, #weft.dims<b, 8, 40>>
}

// -----

// Weights that run time computes are read in place.
// CHECK-LABEL: kernel.func @k0(
// CHECK: kernel.contract ins(%{{.*}}, %{{.*}} : tensor<2x4x16xf32>, tensor<2x8x16xf32>)
// CHECK-SAME: rhs_transposed
func.func @matmul_static_f32_in_place(%x: tensor<2x4x16xf32>, %w: tensor<2x8x16xf32>) -> tensor<2x4x8xf32> {
  %0 = weft.matmul %x, %w {transpose_rhs = true} : (tensor<2x4x16xf32>, tensor<2x8x16xf32>) -> tensor<2x4x8xf32>
  return %0 : tensor<2x4x8xf32>
}

// -----

// A batch dim that may be 1 or the weights': no kernel op, and so no packed weights either.
// CHECK-LABEL: kernel.func @k0(
// CHECK-SAME: tensor<3x8x5xf32>
// CHECK-NOT: kernel.contract
// CHECK-NOT: unrealized_conversion_cast
// CHECK: linalg.generic
func.func @no_packed_weights_when_batch_is_unclear(%x: tensor<?x4x8xf32, #weft.dims<b, 4, 8>>) -> tensor<3x4x5xf32> {
  %w = weft.constant dense_resource<w> : tensor<3x8x5xf32>
  %0 = weft.matmul %x, %w : (tensor<?x4x8xf32, #weft.dims<b, 4, 8>>, tensor<3x8x5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// -----

// Channels first has no kernel op.
// CHECK-LABEL: kernel.func @k0(
// CHECK-NOT: kernel.conv
// CHECK: linalg.generic
func.func @no_kernel_conv_when_channels_first(%x: tensor<1x16x8x8xf32>) -> tensor<1x24x8x8xf32> {
  %w = weft.constant dense<0.5> : tensor<24x16x1x1xf32>
  %0 = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x16x8x8xf32>, tensor<24x16x1x1xf32>) -> tensor<1x24x8x8xf32>
  return %0 : tensor<1x24x8x8xf32>
}

// -----

// A convolution whose own result is used elsewhere keeps it: the later op stays outside.
// CHECK-LABEL: kernel.func @k0(
// CHECK: kernel.conv
// CHECK-NEXT: ^bb0(%[[ACC:.+]]: f32):
// CHECK-NEXT: kernel.yield %[[ACC]]
// CHECK: linalg.generic
// CHECK: math.exp
func.func @no_epilogue_when_result_has_other_uses(%x: tensor<1x8x8x16xf32>) -> (tensor<1x8x8x40xf32>, tensor<1x8x8x40xf32>) {
  %w = weft.constant dense_resource<w> : tensor<40x3x3x16xf32>
  %0:2 = weft.kernel "conv" (%x, %w) nodes ["a"] : (tensor<1x8x8x16xf32>, tensor<40x3x3x16xf32>) -> (tensor<1x8x8x40xf32>, tensor<1x8x8x40xf32>) {
  ^bb0(%i: tensor<1x8x8x16xf32>, %f: tensor<40x3x3x16xf32>):
    %1 = weft.conv %i, %f {layout = #weft.layout<nhwc>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x8x8x16xf32>, tensor<40x3x3x16xf32>) -> tensor<1x8x8x40xf32>
    %2 = weft.exp %1 : (tensor<1x8x8x40xf32>) -> tensor<1x8x8x40xf32>
    weft.yield %1, %2 : tensor<1x8x8x40xf32>, tensor<1x8x8x40xf32>
  }
  return %0#0, %0#1 : tensor<1x8x8x40xf32>, tensor<1x8x8x40xf32>
}
