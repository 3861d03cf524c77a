// RUN: weft-opt %s --weft-check-indices --split-input-file | FileCheck %s
//
// Checks stand before ops whose indices may be out of range, and nowhere else.

// One reduction finds the index that is farthest above the least one, -16, counted without sign.
// CHECK-LABEL: func.func @gather_argument(
// CHECK-DAG: %[[SHIFT:.*]] = weft.constant dense<-9223372036854775792> : tensor<1xi64>
// CHECK: %[[SHIFTED:.*]] = weft.add %arg1, %[[SHIFT]]
// CHECK: %[[FARTHEST:.*]] = weft.reduce max %[[SHIFTED]] {axes = array<i64: 0>}
// CHECK: %[[FOUND:.*]] = weft.extract %[[FARTHEST]] {i = 0 : i64}
// CHECK: %[[INDEX:.*]] = arith.subi %[[FOUND]]
// CHECK-DAG: arith.cmpi slt, %[[INDEX]]
// CHECK-DAG: arith.cmpi sge, %[[INDEX]]
// CHECK: cf.assert %{{.*}}, "node 'take': expected an index on dim 0 in [-16, 16), but got {a}"
// CHECK-NEXT: weft.gather %arg0, %arg1
func.func @gather_argument(%x: tensor<16x4xf32>, %i: tensor<9xi64>) -> tensor<9x4xf32> {
  %y = weft.gather %x, %i {axis = 0 : i64} : (tensor<16x4xf32>, tensor<9xi64>) -> tensor<9x4xf32> loc("take")
  return %y : tensor<9x4xf32>
}

// -----

// The size is known to the run only; of no indices none is wrong.
// CHECK-LABEL: func.func @gather_dynamic(
// CHECK: %[[SIZE:.*]] = weft.dim %arg0 {axis = 0 : i64}
// CHECK: weft.from_elements
// CHECK: weft.reduce max
// CHECK: arith.cmpi slt, %{{.*}}, %{{.*}}
// CHECK: %[[COUNT:.*]] = weft.dim %arg1 {axis = 0 : i64}
// CHECK: arith.cmpi eq, %[[COUNT]]
// CHECK: cf.assert %{{.*}}, "gather: expected an index on dim 0 in [-{b}, {b}), but got {a}"
func.func @gather_dynamic(%x: tensor<?x4xf32, #weft.dims<rows, 4>>, %i: tensor<?xi32, #weft.dims<n>>) -> tensor<?x4xf32, #weft.dims<n, 4>> {
  %y = weft.gather %x, %i {axis = 0 : i64} : (tensor<?x4xf32, #weft.dims<rows, 4>>, tensor<?xi32, #weft.dims<n>>) -> tensor<?x4xf32, #weft.dims<n, 4>>
  return %y : tensor<?x4xf32, #weft.dims<n, 4>>
}

// -----

// The host reads a few; each coordinate has its own size.
// CHECK-LABEL: func.func @scatter_nd_few(
// CHECK-NOT: weft.reduce
// CHECK: weft.extract %arg1 {i = 0 : i64}
// CHECK: cf.assert %{{.*}}, "scatter_nd: expected an index on dim 0 in [-4, 4), but got {a}"
// CHECK: weft.extract %arg1 {i = 1 : i64}
// CHECK: cf.assert %{{.*}}, "scatter_nd: expected an index on dim 1 in [-8, 8), but got {a}"
func.func @scatter_nd_few(%x: tensor<4x8xf32>, %i: tensor<1x2xi64>, %u: tensor<1xf32>) -> tensor<4x8xf32> {
  %y = weft.scatter_nd %x, %i, %u : (tensor<4x8xf32>, tensor<1x2xi64>, tensor<1xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// Of known indices the size is checked.
// CHECK-LABEL: func.func @gather_constant_dynamic(
// CHECK-NOT: weft.reduce
// CHECK: arith.cmpi sge, %{{.*}}, %c6
// CHECK: cf.assert %{{.*}}, "gather: expected an index on dim 0 in [-{a}, {a}), but got 5"
// CHECK-NOT: cf.assert
func.func @gather_constant_dynamic(%x: tensor<?xf32, #weft.dims<n>>) -> tensor<3xf32> {
  %i = weft.constant dense<[1, 5, 0]> : tensor<3xi64>
  %y = weft.gather %x, %i {axis = 0 : i64} : (tensor<?xf32, #weft.dims<n>>, tensor<3xi64>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

// The same indices and size are checked once; another size is not the same.
// CHECK-LABEL: func.func @gather_twice(
// CHECK: cf.assert %{{.*}}, "gather: expected an index on dim 0 in [-16, 16), but got {a}"
// CHECK-NOT: cf.assert
// CHECK: cf.assert %{{.*}}, "gather: expected an index on dim 0 in [-8, 8), but got {a}"
// CHECK-NOT: cf.assert
func.func @gather_twice(%x: tensor<16xf32>, %y: tensor<16xf32>, %z: tensor<8xf32>, %i: tensor<9xi64>) -> (tensor<9xf32>, tensor<9xf32>, tensor<9xf32>) {
  %0 = weft.gather %x, %i {axis = 0 : i64} : (tensor<16xf32>, tensor<9xi64>) -> tensor<9xf32>
  %1 = weft.gather %y, %i {axis = 0 : i64} : (tensor<16xf32>, tensor<9xi64>) -> tensor<9xf32>
  %2 = weft.gather %z, %i {axis = 0 : i64} : (tensor<8xf32>, tensor<9xi64>) -> tensor<9xf32>
  return %0, %1, %2 : tensor<9xf32>, tensor<9xf32>, tensor<9xf32>
}

// -----

// A check stands in the branch of its op.
// CHECK-LABEL: func.func @gather_in_branch(
// CHECK-NOT: cf.assert
// CHECK: weft.if
// CHECK: cf.assert
// CHECK: weft.gather
// CHECK: else
// CHECK-NOT: cf.assert
func.func @gather_in_branch(%c: tensor<i1>, %x: tensor<9xf32>, %i: tensor<9xi64>) -> tensor<9xf32> {
  %y = weft.if %c : (tensor<i1>) -> tensor<9xf32> {
    %t = weft.gather %x, %i {axis = 0 : i64} : (tensor<9xf32>, tensor<9xi64>) -> tensor<9xf32>
    weft.yield %t : tensor<9xf32>
  } else {
    weft.yield %x : tensor<9xf32>
  }
  return %y : tensor<9xf32>
}

// -----

// A start must leave room for the update; with circular any will do.
// CHECK-LABEL: func.func @cache_update_start(
// CHECK: cf.assert %{{.*}}, "cache_update: expected a start on dim 1 in [0, 6), but got {a}"
// CHECK-NOT: cf.assert
func.func @cache_update_start(%c: tensor<1x8xf32>, %u: tensor<1x3xf32>, %s: tensor<1xi64>) -> (tensor<1x8xf32>, tensor<1x8xf32>) {
  %0 = weft.cache_update %c, %u, %s {axis = 1 : i64} : (tensor<1x8xf32>, tensor<1x3xf32>, tensor<1xi64>) -> tensor<1x8xf32>
  %1 = weft.cache_update %c, %u, %s {axis = 1 : i64, circular = true} : (tensor<1x8xf32>, tensor<1x3xf32>, tensor<1xi64>) -> tensor<1x8xf32>
  return %0, %1 : tensor<1x8xf32>, tensor<1x8xf32>
}
