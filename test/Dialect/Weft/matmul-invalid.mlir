// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Each constraint of weft.matmul is refused with its label.

func.func @matmul_c1_rank(%a: tensor<4xf32>, %b: tensor<4xf32>) {
  // expected-error-re @+2 {{expected operands of equal rank of at least 2{{.*}} [matmul-C1]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.matmul %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>
  return
}

// -----

func.func @matmul_c2_types(%a: tensor<2x2xf32>, %b: tensor<2x2xf64>) {
  // expected-error-re @+2 {{expected operands of equal element types or of small integers{{.*}} [matmul-C2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.matmul %a, %b : (tensor<2x2xf32>, tensor<2x2xf64>) -> tensor<2x2xf32>
  return
}

// -----

func.func @matmul_c3_inner(%a: tensor<2x64xf32>, %b: tensor<32x2xf32>) {
  // expected-error-re @+2 {{expected lhs dim 1 (64) to equal rhs dim 0 (32){{.*}} [matmul-C3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.matmul %a, %b : (tensor<2x64xf32>, tensor<32x2xf32>) -> tensor<2x2xf32>
  return
}

// -----

func.func @matmul_c4_batch(%a: tensor<2x2x2xf32>, %b: tensor<3x2x2xf32>) {
  // expected-error-re @+2 {{expected dim 0 of the operands to be equal or 1{{.*}} [matmul-C4]}}
  // expected-error @+1 {{failed to infer returned types}}
  %r0 = weft.matmul %a, %b : (tensor<2x2x2xf32>, tensor<3x2x2xf32>) -> tensor<2x2x2xf32>
  return
}

// -----

func.func @matmul_c5_zero_point(%a: tensor<2x2xi8>, %b: tensor<2x2xi8>, %z: tensor<3xi8>) {
  // expected-error-re @+1 {{expected lhs_zp of one element or one per row{{.*}} [matmul-C5]}}
  %r0 = weft.matmul %a, %b lhs_zp %z : (tensor<2x2xi8>, tensor<2x2xi8>, tensor<3xi8>) -> tensor<2x2xi32>
  return
}
