// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.roi_pool is refused with its label.

func.func @roi_pool_c1_rank(%x: tensor<1x10x10xf32>, %r: tensor<3x5xf32>) {
  // expected-error-re @+2 {{expected x and rois of rank 4 and 2{{.*}} [roi_pool-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.roi_pool %x, %r {out = array<i64: 5, 5>, scale = 1.0 : f64, kind = #weft.roi_kind<align_avg>} : (tensor<1x10x10xf32>, tensor<3x5xf32>) -> tensor<3x1x5x5xf32>
  return
}

// -----

func.func @roi_pool_c2_columns(%x: tensor<1x1x10x10xf32>, %r: tensor<3x4xf32>) {
  // expected-error-re @+2 {{expected rois of 5 columns, but got 4{{.*}} [roi_pool-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.roi_pool %x, %r {out = array<i64: 5, 5>, scale = 1.0 : f64, kind = #weft.roi_kind<align_avg>} : (tensor<1x1x10x10xf32>, tensor<3x4xf32>) -> tensor<3x1x5x5xf32>
  return
}

// -----

func.func @roi_pool_c3_out(%x: tensor<1x1x10x10xf32>, %r: tensor<3x5xf32>) {
  // expected-error-re @+2 {{expected two positive sizes in out{{.*}} [roi_pool-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.roi_pool %x, %r {out = array<i64: 5>, scale = 1.0 : f64, kind = #weft.roi_kind<align_avg>} : (tensor<1x1x10x10xf32>, tensor<3x5xf32>) -> tensor<3x1x5x5xf32>
  return
}

// -----

func.func @roi_pool_c4_batch(%x: tensor<1x1x10x10xf32>, %r: tensor<3x4xf32>, %b: tensor<2xi64>) {
  // expected-error-re @+1 {{expected batch of one entry per box{{.*}} [roi_pool-C4]}}
  %r0 = weft.roi_pool %x, %r batch %b {out = array<i64: 5, 5>, scale = 1.0 : f64, kind = #weft.roi_kind<align_avg>} : (tensor<1x1x10x10xf32>, tensor<3x4xf32>, tensor<2xi64>) -> tensor<3x1x5x5xf32>
  return
}

// -----

func.func @roi_pool_c5_sampling(%x: tensor<1x1x10x10xf32>, %r: tensor<3x5xf32>) {
  // expected-error-re @+1 {{expected sampling of at least 0, but got -1{{.*}} [roi_pool-C5]}}
  %r0 = weft.roi_pool %x, %r {out = array<i64: 5, 5>, scale = 1.0 : f64, kind = #weft.roi_kind<align_avg>, sampling = -1 : i64} : (tensor<1x1x10x10xf32>, tensor<3x5xf32>) -> tensor<3x1x5x5xf32>
  return
}
