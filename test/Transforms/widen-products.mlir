// RUN: weft-opt %s --weft-widen-products --split-input-file | FileCheck %s
//
// Convolutions and recurrent cells of half precision add up in f32 as they are said to: the same op on f32, between casts.

// Sums are f32 as they were.
// CHECK-LABEL: func.func @conv_f16(
// CHECK: %[[X:.*]] = weft.cast %arg0 {to = f32}
// CHECK: %[[W:.*]] = weft.cast %arg1 {to = f32}
// CHECK: %[[Y:.*]] = weft.conv %[[X]], %[[W]] {{.*}} -> tensor<1x2x4x4xf32>
// CHECK-NEXT: return %[[Y]]
func.func @conv_f16(%x: tensor<1x3x4x4xf16>, %w: tensor<2x3x1x1xf16>) -> tensor<1x2x4x4xf32> {
  %0 = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x4x4xf16>, tensor<2x3x1x1xf16>) -> tensor<1x2x4x4xf32>
  return %0 : tensor<1x2x4x4xf32>
}

// -----

// Dims known only at run time keep their names.
// CHECK-LABEL: func.func @conv_bf16_dynamic(
// CHECK-COUNT-2: weft.cast
// CHECK: %[[Y:.*]] = weft.conv
// CHECK-NEXT: return %[[Y]] : tensor<?x2x4x4xf32
func.func @conv_bf16_dynamic(%x: tensor<?x3x4x4xbf16, #weft.dims<n, 3, 4, 4>>, %w: tensor<2x3x1x1xbf16>) -> tensor<?x2x4x4xf32, #weft.dims<n, 2, 4, 4>> {
  %0 = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<?x3x4x4xbf16, #weft.dims<n, 3, 4, 4>>, tensor<2x3x1x1xbf16>) -> tensor<?x2x4x4xf32, #weft.dims<n, 2, 4, 4>>
  return %0 : tensor<?x2x4x4xf32, #weft.dims<n, 2, 4, 4>>
}

// -----

// All results of a cell round; its gates are an operand like others.
// CHECK-LABEL: func.func @gru_f16(
// CHECK-COUNT-4: weft.cast {{.*}} {to = f32}
// CHECK: weft.gru {{.*}} -> (tensor<5x1x4xf32>, tensor<1x4xf32>)
// CHECK-COUNT-2: weft.cast {{.*}} {to = f16}
func.func @gru_f16(%g: tensor<5x1x12xf16>, %r: tensor<12x4xf16>, %rb: tensor<12xf16>, %h0: tensor<1x4xf16>) -> (tensor<5x1x4xf16>, tensor<1x4xf16>) {
  %y, %h = weft.gru %g, %r, %rb, %h0 {acts = ["Sigmoid", "Tanh"], act_alpha = array<f64>, act_beta = array<f64>} : (tensor<5x1x12xf16>, tensor<12x4xf16>, tensor<12xf16>, tensor<1x4xf16>) -> (tensor<5x1x4xf16>, tensor<1x4xf16>)
  return %y, %h : tensor<5x1x4xf16>, tensor<1x4xf16>
}

// -----

// CHECK-LABEL: func.func @no_widen_f32(
// CHECK-NOT: weft.cast
func.func @no_widen_f32(%x: tensor<1x3x4x4xf32>, %w: tensor<2x3x1x1xf32>) -> tensor<1x2x4x4xf32> {
  %0 = weft.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x4x4xf32>, tensor<2x3x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %0 : tensor<1x2x4x4xf32>
}

// -----

// Kernels of products convert weights as they read them.
// CHECK-LABEL: func.func @no_widen_matmul(
// CHECK-NOT: weft.cast
func.func @no_widen_matmul(%x: tensor<4x3xf16>, %w: tensor<3x8xf16>) -> tensor<4x8xf32> {
  %0 = weft.matmul %x, %w : (tensor<4x3xf16>, tensor<3x8xf16>) -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}
