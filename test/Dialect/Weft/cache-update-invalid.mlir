// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.cache_update is refused with its label.

func.func @cache_update_c1_rank(%c: tensor<2x4x8x3xf32>, %u: tensor<4x1x3xf32>, %s: tensor<2xi64>) {
  // expected-error-re @+2 {{expected cache and update of equal rank and element type{{.*}} [cache_update-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.cache_update %c, %u, %s {axis = 2 : i64} : (tensor<2x4x8x3xf32>, tensor<4x1x3xf32>, tensor<2xi64>) -> tensor<2x4x8x3xf32>
  return
}

// -----

func.func @cache_update_c2_axis(%c: tensor<2x4x8x3xf32>, %u: tensor<2x4x1x3xf32>, %s: tensor<2xi64>) {
  // expected-error-re @+2 {{expected an axis in [0, 4), but got 4{{.*}} [cache_update-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.cache_update %c, %u, %s {axis = 4 : i64} : (tensor<2x4x8x3xf32>, tensor<2x4x1x3xf32>, tensor<2xi64>) -> tensor<2x4x8x3xf32>
  return
}

// -----

func.func @cache_update_c3_dims(%c: tensor<2x4x8x3xf32>, %u: tensor<2x5x1x3xf32>, %s: tensor<2xi64>) {
  // expected-error-re @+2 {{expected dim 1 of cache (4) to equal that of update (5){{.*}} [cache_update-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.cache_update %c, %u, %s {axis = 2 : i64} : (tensor<2x4x8x3xf32>, tensor<2x5x1x3xf32>, tensor<2xi64>) -> tensor<2x4x8x3xf32>
  return
}

// -----

func.func @cache_update_c4_length(%c: tensor<2x4x8x3xf32>, %u: tensor<2x4x9x3xf32>, %s: tensor<2xi64>) {
  // expected-error-re @+1 {{expected an update of at most 8 entries along axis 2, but got 9{{.*}} [cache_update-C4]}}
  %r0 = weft.cache_update %c, %u, %s {axis = 2 : i64} : (tensor<2x4x8x3xf32>, tensor<2x4x9x3xf32>, tensor<2xi64>) -> tensor<2x4x8x3xf32>
  return
}

// -----

func.func @cache_update_c5_start(%c: tensor<2x4x8x3xf32>, %u: tensor<2x4x1x3xf32>, %s: tensor<3xi64>) {
  // expected-error-re @+1 {{expected start of one element or one per sample{{.*}} [cache_update-C5]}}
  %r0 = weft.cache_update %c, %u, %s {axis = 2 : i64} : (tensor<2x4x8x3xf32>, tensor<2x4x1x3xf32>, tensor<3xi64>) -> tensor<2x4x8x3xf32>
  return
}
