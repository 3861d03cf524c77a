// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.unique is refused with its label.

func.func @unique_c1_axis(%x: tensor<4xf32>) {
  // expected-error-re @+2 {{expected an axis in [0, 1), but got 1{{.*}} [unique-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0, %r1, %r2, %r3 = weft.unique %x {axis = 1 : i64} : (tensor<4xf32>) -> (tensor<?xf32>, tensor<?xi64>, tensor<4xi64>, tensor<?xi64>)
  return
}
