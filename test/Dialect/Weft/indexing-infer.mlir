// RUN: weft-opt %s --weft-infer-shapes | FileCheck %s
//
// Gathered results take the dims of the indices in place of the axis.

// CHECK-LABEL: func.func @gather_embeddings(
// CHECK: weft.gather {{.*}} -> tensor<?x?x64xf32, #weft.dims<batch, seq, 64>>
func.func @gather_embeddings(%table: tensor<1000x64xf32>, %ids: tensor<?x?xi64, #weft.dims<batch, seq>>) -> tensor<?x?x64xf32> {
  %y = weft.gather %table, %ids {axis = 0 : i64} : (tensor<1000x64xf32>, tensor<?x?xi64, #weft.dims<batch, seq>>) -> tensor<?x?x64xf32>
  return %y : tensor<?x?x64xf32>
}

// CHECK-LABEL: func.func @gather_nd_slices(
// CHECK: weft.gather_nd {{.*}} -> tensor<?x8xf32, #weft.dims<n, 8>>
func.func @gather_nd_slices(%x: tensor<?x4x8xf32, #weft.dims<b, 4, 8>>, %i: tensor<?x2xi64, #weft.dims<n, 2>>) -> tensor<?x8xf32> {
  %y = weft.gather_nd %x, %i : (tensor<?x4x8xf32, #weft.dims<b, 4, 8>>, tensor<?x2xi64, #weft.dims<n, 2>>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// CHECK-LABEL: func.func @scatter_keeps_x(
// CHECK: weft.scatter_nd {{.*}} -> tensor<?x8xf32, #weft.dims<n, 8>>
func.func @scatter_keeps_x(%x: tensor<?x8xf32, #weft.dims<n, 8>>, %i: tensor<2x1xi64>, %u: tensor<2x8xf32>) -> tensor<?x8xf32> {
  %y = weft.scatter_nd %x, %i, %u : (tensor<?x8xf32, #weft.dims<n, 8>>, tensor<2x1xi64>, tensor<2x8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}
