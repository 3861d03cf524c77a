// RUN: weft-opt %s --weft-scalarize-shapes --weft-infer-shapes --canonicalize --split-input-file | FileCheck %s
//
// Sizes that exporters compute with small tensors become index arithmetic with names.

// Shape, gather, reduce and concat of sizes: the flattened dim is named after the dims it is made of.
// CHECK-LABEL: func.func @flatten_dynamic_f32(
// CHECK-NOT: weft.from_elements
// CHECK: weft.reshape
// CHECK-SAME: -> tensor<?x?xf32, #weft.dims<batch, 24 * h>>
func.func @flatten_dynamic_f32(%x: tensor<?x3x?x8xf32, #weft.dims<batch, 3, h, 8>>) -> tensor<?x?xf32> {
  %d0 = weft.dim %x {axis = 0} : tensor<?x3x?x8xf32, #weft.dims<batch, 3, h, 8>>
  %d1 = weft.dim %x {axis = 1} : tensor<?x3x?x8xf32, #weft.dims<batch, 3, h, 8>>
  %d2 = weft.dim %x {axis = 2} : tensor<?x3x?x8xf32, #weft.dims<batch, 3, h, 8>>
  %d3 = weft.dim %x {axis = 3} : tensor<?x3x?x8xf32, #weft.dims<batch, 3, h, 8>>
  %s = weft.from_elements %d0, %d1, %d2, %d3 : tensor<4xi64>
  %i = weft.constant dense<0> : tensor<1xi64>
  %g = weft.gather %s, %i {axis = 0} : (tensor<4xi64>, tensor<1xi64>) -> tensor<1xi64>
  %r = weft.slice %s [1][3] {strides = array<i64: 1>} : (tensor<4xi64>) -> tensor<3xi64>
  %p = weft.reduce prod %r {axes = array<i64: 0>} : (tensor<3xi64>) -> tensor<1xi64>
  %sh = weft.concat %g, %p {axis = 0} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %e0 = weft.extract %sh {i = 0} : tensor<2xi64>
  %e1 = weft.extract %sh {i = 1} : tensor<2xi64>
  %y = weft.reshape %x to [%e0, %e1] : (tensor<?x3x?x8xf32, #weft.dims<batch, 3, h, 8>>, index, index) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// -----

// floor(h * 2.0) in f32, as Resize exports compute it, is exactly 2 h.
// CHECK-LABEL: func.func @float_scale_f32_exact(
// CHECK-NOT: arith.mulf
// CHECK: weft.iota
// CHECK-SAME: #weft.dims<2 * h>>
func.func @float_scale_f32_exact(%x: tensor<?xf32, #weft.dims<h>>) -> tensor<?xf32> {
  %d = weft.dim %x {axis = 0} : tensor<?xf32, #weft.dims<h>>
  %s = weft.from_elements %d : tensor<1xi64>
  %f = weft.cast %s {to = f32} : (tensor<1xi64>) -> tensor<1xf32>
  %c = weft.constant dense<2.0> : tensor<1xf32>
  %m = weft.mul %f, %c : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
  %fl = weft.floor %m : (tensor<1xf32>) -> tensor<1xf32>
  %ci = weft.cast %fl {to = i64} : (tensor<1xf32>) -> tensor<1xi64>
  %e = weft.extract %ci {i = 0} : tensor<1xi64>
  %y = weft.iota [%e] {to = f32, axis = 0} : (index) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// The expand idiom, where(shape == -1, ones, shape), over named dims is decided at compile time.
// CHECK-LABEL: func.func @select_minus_one_i64(
// CHECK-NOT: weft.select
// CHECK: weft.from_elements
func.func @select_minus_one_i64(%x: tensor<?xf32, #weft.dims<h>>) -> tensor<2xi64> {
  %d = weft.dim %x {axis = 0} : tensor<?xf32, #weft.dims<h>>
  %c3 = arith.constant 3 : index
  %s = weft.from_elements %d, %c3 : tensor<2xi64>
  %m = weft.constant dense<-1> : tensor<2xi64>
  %o = weft.constant dense<1> : tensor<2xi64>
  %p = weft.compare eq %s, %m : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi1>
  %w = weft.select %p, %o, %s : (tensor<2xi1>, tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  return %w : tensor<2xi64>
}

// -----

// Data is not followed: its elements are known only when the model runs.
// CHECK-LABEL: func.func @no_scalarize_when_elements_are_data(
// CHECK: weft.add
// CHECK: weft.extract
func.func @no_scalarize_when_elements_are_data(%x: tensor<1xi64>) -> tensor<?xf32> {
  %a = weft.add %x, %x : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  %e = weft.extract %a {i = 0} : tensor<1xi64>
  %y = weft.iota [%e] {to = f32, axis = 0} : (index) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
