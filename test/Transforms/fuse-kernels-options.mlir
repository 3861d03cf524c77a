// RUN: weft-opt %s --weft-fuse-kernels="max-ops=2 remarks" --verify-diagnostics | FileCheck %s
//
// The limit of ops cuts a chain, and remarks say why.

// CHECK-LABEL: func.func @no_join_when_kernel_has_max_ops(
// CHECK-COUNT-2: weft.kernel "elementwise"
func.func @no_join_when_kernel_has_max_ops(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = weft.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %b = weft.neg %a : (tensor<4xf32>) -> tensor<4xf32>
  // expected-remark @+1 {{not fused: the kernel would have too many ops}}
  %c = weft.abs %b : (tensor<4xf32>) -> tensor<4xf32>
  return %c : tensor<4xf32>
}
