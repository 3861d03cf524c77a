// RUN: weft-interp %s | FileCheck %s
//
// What weft.roi_pool computes, in numbers; docs/spec says why.

// The mean of a box of a ramp is the value at its centre.
// CHECK: @roi_pool_average 0: tensor<1x1x1x1xf32> = {{\[\[}}{{\[\[}}1.0]]]]
func.func @roi_pool_average() -> (tensor<1x1x1x1xf32>) {
  %x = weft.constant dense<[[[[0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 3.0]]]]> : tensor<1x1x2x4xf32>
  %r = weft.constant dense<[[0.5, 0.5, 2.5, 1.5]]> : tensor<1x4xf32>
  %b = weft.constant dense<0> : tensor<1xi64>
  %y = weft.roi_pool %x, %r batch %b {out = array<i64: 1, 1>, scale = 1.0 : f64, kind = #weft.roi_kind<align_avg>, sampling = 2 : i64} : (tensor<1x1x2x4xf32>, tensor<1x4xf32>, tensor<1xi64>) -> tensor<1x1x1x1xf32>
  return %y : tensor<1x1x1x1xf32>
}

// The maximum over whole elements.
// CHECK: @roi_pool_quantised 0: tensor<1x1x1x1xf32> = {{\[\[}}{{\[\[}}2.0]]]]
func.func @roi_pool_quantised() -> (tensor<1x1x1x1xf32>) {
  %x = weft.constant dense<[[[[0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 3.0]]]]> : tensor<1x1x2x4xf32>
  %r = weft.constant dense<[[0.0, 0.0, 0.0, 2.0, 1.0]]> : tensor<1x5xf32>
  %y = weft.roi_pool %x, %r {out = array<i64: 1, 1>, scale = 1.0 : f64, kind = #weft.roi_kind<quantised_max>} : (tensor<1x1x2x4xf32>, tensor<1x5xf32>) -> tensor<1x1x1x1xf32>
  return %y : tensor<1x1x1x1xf32>
}
