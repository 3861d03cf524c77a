// RUN: weft-interp %s | FileCheck %s
//
// What weft.reduce computes, in numbers; docs/spec says why.

// Along the rows.
// CHECK: @reduce_sum 0: tensor<2x1xf32> = {{\[\[}}8.0], [1.0]]
func.func @reduce_sum() -> (tensor<2x1xf32>) {
  %x = weft.constant dense<[[1.0, 5.0, 2.0], [-3.0, 0.0, 4.0]]> : tensor<2x3xf32>
  %y = weft.reduce sum %x {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}

// Along the rows.
// CHECK: @reduce_prod 0: tensor<2x1xf32> = {{\[\[}}1e+01], [-0.0]]
func.func @reduce_prod() -> (tensor<2x1xf32>) {
  %x = weft.constant dense<[[1.0, 5.0, 2.0], [-3.0, 0.0, 4.0]]> : tensor<2x3xf32>
  %y = weft.reduce prod %x {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}

// Along the rows.
// CHECK: @reduce_max 0: tensor<2x1xf32> = {{\[\[}}5.0], [4.0]]
func.func @reduce_max() -> (tensor<2x1xf32>) {
  %x = weft.constant dense<[[1.0, 5.0, 2.0], [-3.0, 0.0, 4.0]]> : tensor<2x3xf32>
  %y = weft.reduce max %x {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}

// Along the rows.
// CHECK: @reduce_min 0: tensor<2x1xf32> = {{\[\[}}1.0], [-3.0]]
func.func @reduce_min() -> (tensor<2x1xf32>) {
  %x = weft.constant dense<[[1.0, 5.0, 2.0], [-3.0, 0.0, 4.0]]> : tensor<2x3xf32>
  %y = weft.reduce min %x {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}

// Along the rows.
// CHECK: @reduce_mean 0: tensor<2x1xf32> = {{\[\[}}2.6666667], [0.33333334]]
func.func @reduce_mean() -> (tensor<2x1xf32>) {
  %x = weft.constant dense<[[1.0, 5.0, 2.0], [-3.0, 0.0, 4.0]]> : tensor<2x3xf32>
  %y = weft.reduce mean %x {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}

// Over both axes.
// CHECK: @reduce_sum_all 0: tensor<1x1xf32> = {{\[\[}}9.0]]
func.func @reduce_sum_all() -> (tensor<1x1xf32>) {
  %x = weft.constant dense<[[1.0, 5.0, 2.0], [-3.0, 0.0, 4.0]]> : tensor<2x3xf32>
  %y = weft.reduce sum %x {axes = array<i64: 0, 1>} : (tensor<2x3xf32>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}

// NaN propagates.
// CHECK: @reduce_max_nan 0: tensor<1x1xf32> = {{\[\[}}nan]]
func.func @reduce_max_nan() -> (tensor<1x1xf32>) {
  %x = weft.constant dense<[[1.0, 0x7FC00000, 2.0]]> : tensor<1x3xf32>
  %y = weft.reduce max %x {axes = array<i64: 1>} : (tensor<1x3xf32>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}

// Booleans: max is any.
// CHECK: @reduce_any 0: tensor<2x1xi1> = {{\[\[}}true], [false]]
func.func @reduce_any() -> (tensor<2x1xi1>) {
  %x = weft.constant dense<[[false, true], [false, false]]> : tensor<2x2xi1>
  %y = weft.reduce max %x {axes = array<i64: 1>} : (tensor<2x2xi1>) -> tensor<2x1xi1>
  return %y : tensor<2x1xi1>
}

// Toward zero.
// CHECK: @reduce_mean_i32 0: tensor<2x1xi32> = {{\[\[}}1], [-1]]
func.func @reduce_mean_i32() -> (tensor<2x1xi32>) {
  %x = weft.constant dense<[[1, 2], [-1, -2]]> : tensor<2x2xi32>
  %y = weft.reduce mean %x {axes = array<i64: 1>} : (tensor<2x2xi32>) -> tensor<2x1xi32>
  return %y : tensor<2x1xi32>
}

// The sum of 4096 ones is exact, though it grows by steps below one ulp of f16.
// CHECK: @reduce_f16_accumulates 0: tensor<1xf16> = [4096.0]
func.func @reduce_f16_accumulates() -> (tensor<1xf16>) {
  %x = weft.constant dense<1.0> : tensor<4096xf16>
  %y = weft.reduce sum %x {axes = array<i64: 0>} : (tensor<4096xf16>) -> tensor<1xf16>
  return %y : tensor<1xf16>
}
