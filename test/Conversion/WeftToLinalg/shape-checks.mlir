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

// CHECK-LABEL: func.func @gather_elements
// CHECK: cf.assert %{{.*}}, "gather_elements: expected a size of dim 1 of its indices of at most {a}, but got {b}"
// CHECK-NOT: cf.assert
// CHECK: return
func.func @gather_elements(%x: tensor<4x?xf32, #weft.dims<4, n>>, %i: tensor<?x?xi64, #weft.dims<m, k>>) -> tensor<?x?xf32, #weft.dims<m, k>> {
  %0 = weft.gather_elements %x, %i {axis = 0 : i64} : (tensor<4x?xf32, #weft.dims<4, n>>, tensor<?x?xi64, #weft.dims<m, k>>) -> tensor<?x?xf32, #weft.dims<m, k>>
  return %0 : tensor<?x?xf32, #weft.dims<m, k>>
}

// CHECK-LABEL: func.func @scatter_elements
// CHECK: cf.assert %{{.*}}, "scatter_elements: expected dim 0 of its indices and updates to be equal, but got {a} and {b}"
// CHECK: cf.assert %{{.*}}, "scatter_elements: expected a size of dim 0 of its indices of at most {b}, but got {a}"
// CHECK-NOT: cf.assert
// CHECK: return
func.func @scatter_elements(%x: tensor<4x8xf32>, %i: tensor<?x2xi64, #weft.dims<m, 2>>, %u: tensor<?x2xf32, #weft.dims<k, 2>>) -> tensor<4x8xf32> {
  %0 = weft.scatter_elements %x, %i, %u {axis = 1 : i64} : (tensor<4x8xf32>, tensor<?x2xi64, #weft.dims<m, 2>>, tensor<?x2xf32, #weft.dims<k, 2>>) -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @no_check_of_elements_along_the_axis
// CHECK-NOT: cf.assert
// CHECK: return
func.func @no_check_of_elements_along_the_axis(%x: tensor<?x8xf32, #weft.dims<n, 8>>, %i: tensor<?x?xi64, #weft.dims<n, k>>) -> tensor<?x?xf32, #weft.dims<n, k>> {
  %0 = weft.gather_elements %x, %i {axis = 1 : i64} : (tensor<?x8xf32, #weft.dims<n, 8>>, tensor<?x?xi64, #weft.dims<n, k>>) -> tensor<?x?xf32, #weft.dims<n, k>>
  return %0 : tensor<?x?xf32, #weft.dims<n, k>>
}

// CHECK-LABEL: func.func @nms
// CHECK: cf.assert %{{.*}}, "nms: expected batches of its boxes and scores to be equal, but got {a} and {b}"
// CHECK: cf.assert %{{.*}}, "nms: expected numbers of its boxes and scores to be equal, but got {a} and {b}"
func.func @nms(%x: tensor<?x?x4xf32, #weft.dims<b, n, 4>>, %s: tensor<?x1x?xf32, #weft.dims<c, 1, m>>, %most: index) -> tensor<?x3xi64, #weft.dims<r, 3>> {
  %0 = weft.nms %x, %s max %most : (tensor<?x?x4xf32, #weft.dims<b, n, 4>>, tensor<?x1x?xf32, #weft.dims<c, 1, m>>, index) -> tensor<?x3xi64, #weft.dims<r, 3>>
  return %0 : tensor<?x3xi64, #weft.dims<r, 3>>
}

// CHECK-LABEL: func.func @pad
// CHECK: cf.assert %{{.*}}, "pad: expected dim 0 to have at least 2 elements to pad with, but got {a}"
// CHECK-NOT: to pad with
// CHECK: return
func.func @pad(%x: tensor<?x?xf32, #weft.dims<n, m>>) -> tensor<?x?xf32, #weft.dims<n + 1, m>> {
  %0 = weft.pad %x lo [1, 0] hi [0, 0] {mode = #weft.pad_mode<reflect>} : (tensor<?x?xf32, #weft.dims<n, m>>) -> tensor<?x?xf32, #weft.dims<n + 1, m>>
  return %0 : tensor<?x?xf32, #weft.dims<n + 1, m>>
}

// CHECK-LABEL: func.func @resize
// CHECK: cf.assert %{{.*}}, "resize: expected dim 1 to have elements to interpolate, but got {a}"
// CHECK-NOT: cf.assert
// CHECK: return
func.func @resize(%x: tensor<2x?xf32, #weft.dims<2, n>>) -> tensor<2x8xf32> {
  %0 = weft.resize %x to [8] {axes = array<i64: 1>, mode = #weft.resize_mode<nearest>, coord = #weft.resize_coord<asymmetric>} : (tensor<2x?xf32, #weft.dims<2, n>>) -> tensor<2x8xf32>
  return %0 : tensor<2x8xf32>
}

// CHECK-LABEL: func.func @division
// CHECK: %[[OK:.*]] = arith.cmpi ne, %{{.*}}, %{{.*}} : index
// CHECK: cf.assert %[[OK]], "floordivsi: expected a divisor other than 0"
// CHECK-NOT: cf.assert
// CHECK: return
func.func @division(%x: index, %y: index) -> (index, index) {
  %c2 = arith.constant 2 : index
  %0 = arith.floordivsi %x, %y : index
  %1 = arith.divsi %x, %c2 : index
  return %0, %1 : index, index
}

// CHECK-LABEL: func.func @elements_of_a_broadcast
// CHECK: cf.assert %{{.*}}, "broadcast: expected a number of elements of at most {b}, but got {a}"
func.func @elements_of_a_broadcast(%x: tensor<1x1xf32>, %n: index, %m: index) -> tensor<?x?xf32, #weft.dims<n, m>> {
  %0 = weft.broadcast %x to [%n, %m] : (tensor<1x1xf32>, index, index) -> tensor<?x?xf32, #weft.dims<n, m>>
  return %0 : tensor<?x?xf32, #weft.dims<n, m>>
}

// CHECK-LABEL: func.func @no_check_of_elements_of_one_size
// CHECK-NOT: a number of elements
// CHECK: return
func.func @no_check_of_elements_of_one_size(%x: tensor<1x1xf32>, %n: index) -> tensor<?x8xf32, #weft.dims<n, 8>> {
  %0 = weft.broadcast %x to [%n, 8] : (tensor<1x1xf32>, index) -> tensor<?x8xf32, #weft.dims<n, 8>>
  return %0 : tensor<?x8xf32, #weft.dims<n, 8>>
}
