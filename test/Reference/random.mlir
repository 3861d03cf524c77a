// RUN: weft-interp %s | FileCheck %s
//
// What weft.random computes, in numbers; docs/spec says why.

// A seed gives the same numbers in every run.
// CHECK: @random_seeded 0: tensor<4xf32> = [0.77983016, 0.07636684, 0.28706467, 0.70596397]
func.func @random_seeded() -> (tensor<4xf32>) {
  %y = weft.random [4] {to = f32, dist = #weft.random_dist<uniform>, seed = 7.0 : f64} : () -> tensor<4xf32>
  return %y : tensor<4xf32>
}
