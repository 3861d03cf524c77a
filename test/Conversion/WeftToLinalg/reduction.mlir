// Reductions run over rank-reduced rows, which later ops read without the dims of size 1 between them.
// RUN: weft-opt %s --pass-pipeline='builtin.module(func.func(convert-weft-to-linalg))' | FileCheck %s

// CHECK-DAG: #[[ID:.+]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[ROW:.+]] = affine_map<(d0, d1) -> (d0)>

// The subtraction reads the row of means itself, not its reshape.
// CHECK-LABEL: func.func @reduce_static_f32_mean_then_sub(
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.addf
// CHECK: %[[MEAN:.+]] = linalg.generic
// CHECK: arith.divf
// CHECK: linalg.generic {indexing_maps = [#[[ID]], #[[ROW]], #[[ID]]]{{.*}} ins(%{{.*}}, %[[MEAN]]
func.func @reduce_static_f32_mean_then_sub(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = weft.reduce mean %x {axes = array<i64: 1>} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  %1 = weft.sub %x, %0 : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// Half precision accumulates in f32.
// CHECK-LABEL: func.func @reduce_static_f16_sum(
// CHECK: outs(%{{.*}} : tensor<4xf32>)
// CHECK: arith.truncf
func.func @reduce_static_f16_sum(%x: tensor<4x8xf16>) -> tensor<4x1xf16> {
  %0 = weft.reduce sum %x {axes = array<i64: 1>} : (tensor<4x8xf16>) -> tensor<4x1xf16>
  return %0 : tensor<4x1xf16>
}

// Shifted by the row's maximum, divided by the row's sum.
// CHECK-LABEL: func.func @softmax_static_f32(
// CHECK: arith.maximumf
// CHECK: math.exp
// CHECK: arith.addf
// CHECK: arith.divf
// CHECK: arith.mulf
func.func @softmax_static_f32(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = weft.softmax %x {axis = 1 : i64} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @normalize_static_f32(
// CHECK: arith.subf
// CHECK: math.sqrt
func.func @normalize_static_f32(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0, %1, %2 = weft.normalize %x {axes = array<i64: 1>, epsilon = 1.0e-5 : f64} : (tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x1xf32>, tensor<4x1xf32>)
  return %0 : tensor<4x8xf32>
}

// Value and index are found together.
// CHECK-LABEL: func.func @arg_reduce_static_f32(
// CHECK: linalg.generic {{.*}} outs(%{{.*}}, %{{.*}} : tensor<8xf32>, tensor<8xi64>)
// CHECK: linalg.index 0
func.func @arg_reduce_static_f32(%x: tensor<4x8xf32>) -> tensor<1x8xi64> {
  %0 = weft.arg_reduce max %x {axis = 0 : i64} : (tensor<4x8xf32>) -> tensor<1x8xi64>
  return %0 : tensor<1x8xi64>
}

// Along rows the maximum is found first, then the least index where it is, or where NaN is: sums that vectorise.
// CHECK-LABEL: func.func @arg_reduce_static_f32_rows(
// CHECK: arith.maximumf
// CHECK: arith.cmpf oeq
// CHECK: arith.cmpf uno
// CHECK: linalg.index 1
// CHECK: arith.minsi
func.func @arg_reduce_static_f32_rows(%x: tensor<4x8xf32>) -> tensor<4x1xi64> {
  %0 = weft.arg_reduce max %x {axis = 1 : i64} : (tensor<4x8xf32>) -> tensor<4x1xi64>
  return %0 : tensor<4x1xi64>
}

// Along rows the running sum is a scalar; of an exclusive one the sum before the element is stored.
// CHECK-LABEL: func.func @cumulate_static_f32_rows(
// CHECK: scf.for
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}, %[[SUM:.*]] = %{{.*}}) -> (tensor<4x8xf32>, f32)
// CHECK: tensor.insert %[[SUM]]
func.func @cumulate_static_f32_rows(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = weft.cumulate sum %x {axis = 1 : i64, exclusive = true} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// A running slice along the axis.
// CHECK-LABEL: func.func @cumulate_static_f32(
// CHECK: scf.for
// CHECK: tensor.extract_slice
// CHECK: arith.addf
// CHECK: tensor.insert_slice
func.func @cumulate_static_f32(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = weft.cumulate sum %x {axis = 0 : i64} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// With channels last the taps lie outside of the channels; without pads they are affine.
// CHECK-LABEL: func.func @pool_static_f32_nhwc(
// CHECK: iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction", "parallel"]
// CHECK-NOT: tensor.extract
// CHECK: arith.maximumf
func.func @pool_static_f32_nhwc(%x: tensor<1x8x8x4xf32>) -> tensor<1x4x4x4xf32> {
  %0 = weft.pool max %x {axes = array<i64: 1, 2>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>,
      pads_lo = array<i64: 0, 0>, pads_hi = array<i64: 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x8x8x4xf32>) -> tensor<1x4x4x4xf32>
  return %0 : tensor<1x4x4x4xf32>
}

// Windows along contiguous memory read a padded copy, in which each element is checked once; large ones that overlap go axis by axis.
// CHECK-LABEL: func.func @pool_static_f32_padded_rows(
// CHECK: tensor.empty() : tensor<1x4x10x12xf32>
// CHECK: arith.cmpi ult
// CHECK: tensor.extract
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x4x10x12xf32>, tensor<3xf32>) outs(%{{.*}} : tensor<1x4x10x10xf32>)
// CHECK-NOT: tensor.extract
// CHECK: arith.maximumf
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x4x10x10xf32>, tensor<3xf32>) outs(%{{.*}} : tensor<1x4x8x10xf32>)
// CHECK-NOT: tensor.extract
// CHECK: arith.maximumf
func.func @pool_static_f32_padded_rows(%x: tensor<1x4x8x10xf32>) -> tensor<1x4x8x10xf32> {
  %0 = weft.pool max %x {axes = array<i64: 2, 3>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>,
      pads_lo = array<i64: 1, 1>, pads_hi = array<i64: 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x10xf32>) -> tensor<1x4x8x10xf32>
  return %0 : tensor<1x4x8x10xf32>
}

// Two elements apart, rows would be reduced that no window reads together.
// CHECK-LABEL: func.func @no_split_of_distant_windows(
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x4x10x12xf32>, tensor<3x3xf32>)
func.func @no_split_of_distant_windows(%x: tensor<1x4x8x10xf32>) -> tensor<1x4x4x5xf32> {
  %0 = weft.pool max %x {axes = array<i64: 2, 3>, kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>,
      pads_lo = array<i64: 1, 1>, pads_hi = array<i64: 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x10xf32>) -> tensor<1x4x4x5xf32>
  return %0 : tensor<1x4x4x5xf32>
}

// An average over a padded window counts the taps inside.
// CHECK-LABEL: func.func @pool_static_f32_average_padded(
// CHECK: arith.cmpi ult
// CHECK: tensor.extract
// CHECK: arith.ceildivui
// CHECK: arith.divf
func.func @pool_static_f32_average_padded(%x: tensor<1x8x4xf32>) -> tensor<1x8x4xf32> {
  %0 = weft.pool avg %x {axes = array<i64: 1>, kernel = array<i64: 3>, strides = array<i64: 1>,
      pads_lo = array<i64: 1>, pads_hi = array<i64: 1>, dilations = array<i64: 1>} : (tensor<1x8x4xf32>) -> tensor<1x8x4xf32>
  return %0 : tensor<1x8x4xf32>
}
