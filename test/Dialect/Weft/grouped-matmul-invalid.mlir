// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.grouped_matmul is refused with its label.

func.func @grouped_matmul_c1_ranks(%a: tensor<4x2xf32>, %b: tensor<2x2xf32>, %s: tensor<2xi64>) {
  // expected-error-re @+2 {{expected lhs, rhs and sizes of rank 2, 3 and 1{{.*}} [grouped_matmul-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.grouped_matmul %a, %b, %s : (tensor<4x2xf32>, tensor<2x2xf32>, tensor<2xi64>) -> tensor<4x2xf32>
  return
}

// -----

func.func @grouped_matmul_c2_types(%a: tensor<4x2xf32>, %b: tensor<2x2x2xf64>, %s: tensor<2xi64>) {
  // expected-error-re @+2 {{expected operands of equal element types{{.*}} [grouped_matmul-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.grouped_matmul %a, %b, %s : (tensor<4x2xf32>, tensor<2x2x2xf64>, tensor<2xi64>) -> tensor<4x2xf32>
  return
}

// -----

func.func @grouped_matmul_c3_inner(%a: tensor<4x3xf32>, %b: tensor<2x2x2xf32>, %s: tensor<2xi64>) {
  // expected-error-re @+2 {{expected lhs dim 1 (3) to equal rhs dim 1 (2){{.*}} [grouped_matmul-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.grouped_matmul %a, %b, %s : (tensor<4x3xf32>, tensor<2x2x2xf32>, tensor<2xi64>) -> tensor<4x2xf32>
  return
}

// -----

func.func @grouped_matmul_c4_sizes(%a: tensor<4x2xf32>, %b: tensor<2x2x2xf32>, %s: tensor<3xi64>) {
  // expected-error-re @+2 {{expected sizes dim 0 (3) to equal rhs dim 0 (2){{.*}} [grouped_matmul-C4]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.grouped_matmul %a, %b, %s : (tensor<4x2xf32>, tensor<2x2x2xf32>, tensor<3xi64>) -> tensor<4x2xf32>
  return
}
