// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.random is refused with its label.

func.func @random_c1_shape() {
  // expected-error-re @+2 {{expected 1 operands for the dynamic dims, but got 0{{.*}} [random-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = "weft.random"() {static_shape = array<i64: -9223372036854775808>, to = f32, dist = #weft.random_dist<uniform>} : () -> tensor<?xf32>
  return
}

// -----

func.func @random_c2_type() {
  // expected-error-re @+2 {{expected a float type{{.*}} [random-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.random [2] {to = i32, dist = #weft.random_dist<uniform>} : () -> tensor<2xi32>
  return
}
