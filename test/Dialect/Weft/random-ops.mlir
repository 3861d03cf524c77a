// RUN: weft-opt %s | FileCheck %s
//
// weft.random parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @random_example(
// CHECK: weft.random
// CHECK-SAME: : () -> tensor<2x3xf32>
func.func @random_example() {
  %r0 = weft.random [2, 3] {to = f32, dist = #weft.random_dist<uniform>, seed = 7.000000e+00 : f64} : () -> tensor<2x3xf32>
  return
}
