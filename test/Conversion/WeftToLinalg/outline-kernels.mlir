// The main function becomes a host program: launches with named sizes as index operands, views, constants and index arithmetic.
// RUN: weft-opt %s --split-input-file --weft-outline-kernels | FileCheck %s

// The size of the entry argument is read once and passed to both kernels; inside it has a name of the kernel's own.
// CHECK-LABEL: kernel.func @k0(
// CHECK-SAME: tensor<?x8xf32> {kernel.dims = array<i64: 1>}, %{{.*}}: index {weft.dim = "s0"}) -> (tensor<?x8xf32> {kernel.dims = array<i64: 1>})
// CHECK-SAME: kind = "elementwise", nodes = ["a"]
// CHECK-LABEL: func.func @kernel_dynamic_f32(
// CHECK: %[[N:.+]] = tensor.dim
// CHECK-NOT: tensor.dim
// CHECK: kernel.launch @k0(%{{.*}}) indices(%[[N]]) sizes(%[[N]]) {nodes = ["a"]}
// CHECK: kernel.launch @k1(%{{.*}}) indices(%[[N]]) sizes(%[[N]])
func.func @kernel_dynamic_f32(%x: tensor<?x8xf32, #weft.dims<batch, 8>>) -> tensor<?x8xf32, #weft.dims<batch, 8>> {
  %0 = weft.kernel "elementwise" (%x) nodes ["a"] : (tensor<?x8xf32, #weft.dims<batch, 8>>) -> tensor<?x8xf32, #weft.dims<batch, 8>> {
  ^bb0(%a: tensor<?x8xf32, #weft.dims<batch, 8>>):
    %1 = weft.exp %a : (tensor<?x8xf32, #weft.dims<batch, 8>>) -> tensor<?x8xf32, #weft.dims<batch, 8>>
    weft.yield %1 : tensor<?x8xf32, #weft.dims<batch, 8>>
  }
  // A tensor op outside of a kernel gets one of its own.
  %2 = weft.neg %0 : (tensor<?x8xf32, #weft.dims<batch, 8>>) -> tensor<?x8xf32, #weft.dims<batch, 8>>
  return %2 : tensor<?x8xf32, #weft.dims<batch, 8>>
}

// -----

// Reshapes move nothing on the host; a product of sizes is index arithmetic.
// CHECK-LABEL: func.func @reshape_dynamic_f32(
// CHECK: %[[N:.+]] = tensor.dim
// CHECK: %[[M:.+]] = arith.muli %[[N]]
// CHECK: kernel.view %{{.*}} sizes(%[[M]])
func.func @reshape_dynamic_f32(%x: tensor<?x8xf32, #weft.dims<n, 8>>) -> tensor<?x2xf32, #weft.dims<4 * n, 2>> {
  %d = weft.dim %x {axis = 0 : i64} : tensor<?x8xf32, #weft.dims<n, 8>>
  %c = arith.constant 4 : index
  %m = arith.muli %d, %c : index
  %0 = weft.reshape %x to [%m, 2] : (tensor<?x8xf32, #weft.dims<n, 8>>, index) -> tensor<?x2xf32, #weft.dims<4 * n, 2>>
  return %0 : tensor<?x2xf32, #weft.dims<4 * n, 2>>
}

// -----

// A size that an element of a tensor decides.
// CHECK-LABEL: func.func @iota_dynamic_i64(
// CHECK: %[[E:.+]] = tensor.extract
// CHECK: %[[N:.+]] = arith.index_cast %[[E]]
// CHECK: kernel.launch {{.*}} sizes(%[[N]])
func.func @iota_dynamic_i64(%n: tensor<2xi64>) -> tensor<?xi64, #weft.dims<d0>> {
  %i = weft.extract %n {i = 1 : i64} : tensor<2xi64>
  %0 = weft.iota [%i] {axis = 0 : i64, to = i64} : (index) -> tensor<?xi64, #weft.dims<d0>>
  return %0 : tensor<?xi64, #weft.dims<d0>>
}

// -----

// What is not zero is counted before it is listed.
// CHECK-LABEL: func.func @nonzero_static_f32(
// CHECK: %[[COUNT:.+]] = kernel.launch
// CHECK: tensor.extract %[[COUNT]]
// CHECK: kernel.launch {{.*}} sizes(
func.func @nonzero_static_f32(%x: tensor<4x4xf32>) -> tensor<2x?xi64, #weft.dims<2, nz>> {
  %0 = weft.nonzero %x : (tensor<4x4xf32>) -> tensor<2x?xi64, #weft.dims<2, nz>>
  return %0 : tensor<2x?xi64, #weft.dims<2, nz>>
}

// -----

// Attention is two contractions around a softmax; the rows of a group of heads are rows of one product.
// CHECK-LABEL: func.func @attention_static_f32_grouped(
// CHECK: kernel.view %{{.*}} : tensor<1x8x4x16xf32> -> tensor<1x2x16x16xf32>
// CHECK: kernel.launch {{.*}} -> tensor<1x2x16x6xf32>
// CHECK: kernel.view %{{.*}} : tensor<1x2x16x6xf32> -> tensor<1x8x4x6xf32>
// CHECK: kernel.launch {{.*}} -> tensor<1x8x4x6xf32>
// CHECK: kernel.launch {{.*}} -> tensor<1x2x16x16xf32>
func.func @attention_static_f32_grouped(%q: tensor<1x8x4x16xf32>, %k: tensor<1x2x6x16xf32>, %v: tensor<1x2x6x16xf32>) -> tensor<1x8x4x16xf32> {
  %0 = weft.attention %q, %k, %v {scale = 0.25 : f64} : (tensor<1x8x4x16xf32>, tensor<1x2x6x16xf32>, tensor<1x2x6x16xf32>) -> tensor<1x8x4x16xf32>
  return %0 : tensor<1x8x4x16xf32>
}

// -----

// Callers pack elements of 4 bits; kernels have a byte for each, and the host program converts.
// CHECK-LABEL: func.func @packed_values(
// CHECK-SAME: tensor<6xi8> {kernel.packed = i4}
// CHECK-SAME: -> (tensor<6xi8> {kernel.packed = ui4}, tensor<6xi8>)
func.func @packed_values(%x: tensor<6xi4>) -> (tensor<6xui4>, tensor<6xi8>) {
  %0 = weft.cast %x {to = ui4} : (tensor<6xi4>) -> tensor<6xui4>
  %1 = weft.cast %x {to = i8} : (tensor<6xi4>) -> tensor<6xi8>
  return %0, %1 : tensor<6xui4>, tensor<6xi8>
}
