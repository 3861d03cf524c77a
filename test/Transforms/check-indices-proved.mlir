// RUN: weft-opt %s --weft-check-indices --split-input-file | FileCheck %s --implicit-check-not=cf.assert
//
// Indices that are in range by what they are made of: no check.

// CHECK-LABEL: func.func @no_constant(
func.func @no_constant(%x: tensor<16xf32>) -> tensor<3xf32> {
  %i = weft.constant dense<[15, -16, 0]> : tensor<3xi64>
  %y = weft.gather %x, %i {axis = 0 : i64} : (tensor<16xf32>, tensor<3xi64>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

// Positions along a dim of `n`, in a table of `n + 2`.
// CHECK-LABEL: func.func @no_iota(
func.func @no_iota(%x: tensor<?xf32, #weft.dims<n + 2>>, %z: tensor<?xf32, #weft.dims<n>>) -> tensor<?xf32, #weft.dims<n>> {
  %n = weft.dim %z {axis = 0 : i64} : tensor<?xf32, #weft.dims<n>>
  %i = weft.iota [%n] {axis = 0 : i64, to = i64} : (index) -> tensor<?xi64, #weft.dims<n>>
  %two = weft.constant dense<2> : tensor<1xi64>
  %j = weft.add %i, %two : (tensor<?xi64, #weft.dims<n>>, tensor<1xi64>) -> tensor<?xi64, #weft.dims<n>>
  %y = weft.gather %x, %j {axis = 0 : i64} : (tensor<?xf32, #weft.dims<n + 2>>, tensor<?xi64, #weft.dims<n>>) -> tensor<?xf32, #weft.dims<n>>
  return %y : tensor<?xf32, #weft.dims<n>>
}

// -----

// CHECK-LABEL: func.func @no_arg_reduce(
func.func @no_arg_reduce(%x: tensor<2x?xf32, #weft.dims<2, n>>, %z: tensor<?x4xf32, #weft.dims<n, 4>>) -> tensor<2x1x4xf32> {
  %i = weft.arg_reduce max %x {axis = 1 : i64} : (tensor<2x?xf32, #weft.dims<2, n>>) -> tensor<2x1xi64>
  %y = weft.gather %z, %i {axis = 0 : i64} : (tensor<?x4xf32, #weft.dims<n, 4>>, tensor<2x1xi64>) -> tensor<2x1x4xf32>
  return %y : tensor<2x1x4xf32>
}

// -----

// Clamped on both sides.
// CHECK-LABEL: func.func @no_clamped(
func.func @no_clamped(%x: tensor<16xf32>, %i: tensor<9xi64>) -> tensor<9xf32> {
  %lo = weft.constant dense<-16> : tensor<1xi64>
  %hi = weft.constant dense<15> : tensor<1xi64>
  %0 = weft.max %i, %lo : (tensor<9xi64>, tensor<1xi64>) -> tensor<9xi64>
  %1 = weft.min %0, %hi : (tensor<9xi64>, tensor<1xi64>) -> tensor<9xi64>
  %y = weft.gather %x, %1 {axis = 0 : i64} : (tensor<16xf32>, tensor<9xi64>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}

// -----

// A byte is less than 256; a remainder less than its divisor.
// CHECK-LABEL: func.func @no_byte(
func.func @no_byte(%x: tensor<256xf32>, %z: tensor<7xf32>, %i: tensor<9xui8>, %j: tensor<9xi64>) -> (tensor<9xf32>, tensor<9xf32>) {
  %0 = weft.gather %x, %i {axis = 0 : i64} : (tensor<256xf32>, tensor<9xui8>) -> tensor<9xf32>
  %seven = weft.constant dense<7> : tensor<1xi64>
  %k = weft.mod %j, %seven : (tensor<9xi64>, tensor<1xi64>) -> tensor<9xi64>
  %1 = weft.gather %z, %k {axis = 0 : i64} : (tensor<7xf32>, tensor<9xi64>) -> tensor<9xf32>
  return %0, %1 : tensor<9xf32>, tensor<9xf32>
}

// -----

// Each coordinate of an element is less than the size of its dim.
// CHECK-LABEL: func.func @no_nonzero(
func.func @no_nonzero(%m: tensor<?x8xi1, #weft.dims<n, 8>>, %x: tensor<?x8xf32, #weft.dims<n, 8>>) -> tensor<?xf32, #weft.dims<k>> {
  %c = weft.nonzero %m : (tensor<?x8xi1, #weft.dims<n, 8>>) -> tensor<2x?xi64, #weft.dims<2, k>>
  %i = weft.transpose %c {perm = array<i64: 1, 0>} : (tensor<2x?xi64, #weft.dims<2, k>>) -> tensor<?x2xi64, #weft.dims<k, 2>>
  %y = weft.gather_nd %x, %i : (tensor<?x8xf32, #weft.dims<n, 8>>, tensor<?x2xi64, #weft.dims<k, 2>>) -> tensor<?xf32, #weft.dims<k>>
  return %y : tensor<?xf32, #weft.dims<k>>
}

// -----

// Who built the op knows.
// CHECK-LABEL: func.func @no_in_range(
func.func @no_in_range(%x: tensor<16xf32>, %i: tensor<9xi64>) -> tensor<9xf32> {
  %y = weft.gather %x, %i {axis = 0 : i64, weft.in_range} : (tensor<16xf32>, tensor<9xi64>) -> tensor<9xf32>
  return %y : tensor<9xf32>
}

// -----

// A result that nobody uses is not computed.
// CHECK-LABEL: func.func @no_unused(
func.func @no_unused(%x: tensor<16xf32>, %i: tensor<9xi64>) -> tensor<16xf32> {
  %y = weft.gather %x, %i {axis = 0 : i64} : (tensor<16xf32>, tensor<9xi64>) -> tensor<9xf32>
  return %x : tensor<16xf32>
}
