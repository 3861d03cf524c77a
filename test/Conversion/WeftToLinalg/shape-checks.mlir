// RUN: weft-opt %s --weft-outline-kernels --canonicalize | FileCheck %s
// Claim: sizes that only the run knows are checked before the kernel runs, each condition once; what the names of dims prove is not.

// CHECK-LABEL: func.func @broadcast
// CHECK: cf.assert %{{.*}}, "add: expected dim 0 of its inputs to be equal or 1, but got {a} and {b}"
// CHECK-NOT: cf.assert
// CHECK: return
func.func @broadcast(%x: tensor<?x4xf32, #weft.dims<n, 4>>, %y: tensor<?x4xf32, #weft.dims<m, 4>>) -> tensor<?x4xf32, #weft.dims<d, 4>> {
  %0 = weft.add %x, %y : (tensor<?x4xf32, #weft.dims<n, 4>>, tensor<?x4xf32, #weft.dims<m, 4>>) -> tensor<?x4xf32, #weft.dims<d, 4>>
  %1 = weft.mul %x, %y : (tensor<?x4xf32, #weft.dims<n, 4>>, tensor<?x4xf32, #weft.dims<m, 4>>) -> tensor<?x4xf32, #weft.dims<d, 4>>
  %2 = weft.add %0, %1 : (tensor<?x4xf32, #weft.dims<d, 4>>, tensor<?x4xf32, #weft.dims<d, 4>>) -> tensor<?x4xf32, #weft.dims<d, 4>>
  return %2 : tensor<?x4xf32, #weft.dims<d, 4>>
}

// CHECK-LABEL: func.func @no_check_when_names_are_equal
// CHECK-NOT: cf.assert
// CHECK: return
func.func @no_check_when_names_are_equal(%x: tensor<?x?xf32, #weft.dims<n, m>>, %y: tensor<?x?xf32, #weft.dims<m, n>>) -> tensor<?x?xf32, #weft.dims<n, n>> {
  %0 = weft.matmul %x, %y : (tensor<?x?xf32, #weft.dims<n, m>>, tensor<?x?xf32, #weft.dims<m, n>>) -> tensor<?x?xf32, #weft.dims<n, n>>
  return %0 : tensor<?x?xf32, #weft.dims<n, n>>
}

// CHECK-LABEL: func.func @product
// CHECK: cf.assert %{{.*}}, "matmul: expected sizes that go together to be equal, but got {a} and {b}"
func.func @product(%x: tensor<2x?xf32, #weft.dims<2, n>>, %y: tensor<?x3xf32, #weft.dims<m, 3>>) -> tensor<2x3xf32> {
  %0 = weft.matmul %x, %y : (tensor<2x?xf32, #weft.dims<2, n>>, tensor<?x3xf32, #weft.dims<m, 3>>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @reshape
// CHECK: cf.assert %{{.*}}, "reshape: expected as many elements in the new shape as in the old, {a}, but got {b}"
func.func @reshape(%x: tensor<?xf32, #weft.dims<n>>, %rows: index) -> tensor<?x3xf32, #weft.dims<r, 3>> {
  %0 = weft.reshape %x to [%rows, 3] : (tensor<?xf32, #weft.dims<n>>, index) -> tensor<?x3xf32, #weft.dims<r, 3>>
  return %0 : tensor<?x3xf32, #weft.dims<r, 3>>
}

// CHECK-LABEL: func.func @slice
// CHECK: cf.assert %{{.*}}, "slice: expected an offset on dim 0 of at least {b}, but got {a}"
// CHECK: cf.assert %{{.*}}, "slice: expected a slice that ends on dim 0 at an index of at most {a}, but got {b}"
func.func @slice(%x: tensor<?xf32, #weft.dims<n>>, %first: index) -> tensor<3xf32> {
  %0 = weft.slice %x [%first] [3] {strides = array<i64: 1>} : (tensor<?xf32, #weft.dims<n>>, index) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// Blocks have one scale each: the two sizes are not the same.
// CHECK-LABEL: func.func @no_check_of_blocks
// CHECK-NOT: cf.assert
// CHECK: return
func.func @no_check_of_blocks(%x: tensor<?x8xf32, #weft.dims<n, 8>>, %scale: tensor<?x2xf32, #weft.dims<n, 2>>) -> tensor<?x8xi8, #weft.dims<n, 8>> {
  %0 = weft.quantize %x, %scale {axis = 1 : i64, block_size = 4 : i64, to = i8} : (tensor<?x8xf32, #weft.dims<n, 8>>, tensor<?x2xf32, #weft.dims<n, 2>>) -> tensor<?x8xi8, #weft.dims<n, 8>>
  return %0 : tensor<?x8xi8, #weft.dims<n, 8>>
}
