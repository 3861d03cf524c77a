// RUN: weft-opt %s --weft-infer-shapes --verify-diagnostics
//
// Operands that turn out not to fit are reported at the op.

func.func @matmul_static_f32_late_mismatch(%x: tensor<2x8xf32>, %w: tensor<4x3xf32>) -> tensor<?x?xf32> {
  %a = weft.exp %x : (tensor<2x8xf32>) -> tensor<?x?xf32>
  // expected-error @+1 {{expected lhs dim 1 (8) to equal rhs dim 0 (4) [matmul-C3]}}
  %y = weft.matmul %a, %w : (tensor<?x?xf32>, tensor<4x3xf32>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}
