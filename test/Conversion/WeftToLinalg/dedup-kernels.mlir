// Equal kernels become one; launches keep their own nodes.
// RUN: weft-opt %s --weft-dedup-kernels | FileCheck %s

// CHECK-LABEL: kernel.func @k0(
// CHECK-NOT: kernel.func @k1(
// CHECK-LABEL: kernel.func @k2(
// CHECK-LABEL: func.func @equal_kernels(
// CHECK: kernel.launch @k0(%{{.*}}) {nodes = ["a"]}
// CHECK: kernel.launch @k0(%{{.*}}) {nodes = ["b"]}
// CHECK: kernel.launch @k2(%{{.*}}) {nodes = ["c"]}
kernel.func @k0(%x: tensor<4xf32>) -> tensor<4xf32> attributes {kind = "exp", nodes = ["a"]} {
  %0 = weft.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  kernel.return %0 : tensor<4xf32>
}
kernel.func @k1(%x: tensor<4xf32>) -> tensor<4xf32> attributes {kind = "exp", nodes = ["b"]} {
  %0 = weft.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  kernel.return %0 : tensor<4xf32>
}
kernel.func @k2(%x: tensor<4xf32>) -> tensor<4xf32> attributes {kind = "exp", nodes = ["c"]} {
  %0 = weft.expm1 %x : (tensor<4xf32>) -> tensor<4xf32>
  kernel.return %0 : tensor<4xf32>
}
func.func @equal_kernels(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = kernel.launch @k0(%x) {nodes = ["a"]} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = kernel.launch @k1(%0) {nodes = ["b"]} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = kernel.launch @k2(%1) {nodes = ["c"]} : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}
