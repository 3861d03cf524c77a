// RUN: weft-opt %s --weft-infer-shapes | FileCheck %s
//
// The dims of a broadcast: the one that is not 1, or the one that both have.

// CHECK-LABEL: func.func @add_one_and_named(
// CHECK: weft.add {{.*}} -> tensor<?x?xf32, #weft.dims<a, b>>
func.func @add_one_and_named(%x: tensor<?x1xf32, #weft.dims<a, 1>>, %y: tensor<1x?xf32, #weft.dims<1, b>>) -> tensor<?x?xf32> {
  %z = weft.add %x, %y : (tensor<?x1xf32, #weft.dims<a, 1>>, tensor<1x?xf32, #weft.dims<1, b>>) -> tensor<?x?xf32>
  return %z : tensor<?x?xf32>
}

// A size that is not 1 is the result's, whatever the other is.
// CHECK-LABEL: func.func @mul_known_size_wins(
// CHECK: weft.mul {{.*}} -> tensor<8xf32>
func.func @mul_known_size_wins(%x: tensor<?xf32, #weft.dims<a>>, %y: tensor<8xf32>) -> tensor<?xf32> {
  %z = weft.mul %x, %y : (tensor<?xf32, #weft.dims<a>>, tensor<8xf32>) -> tensor<?xf32>
  return %z : tensor<?xf32>
}

// CHECK-LABEL: func.func @compare_makes_booleans(
// CHECK: weft.compare lt {{.*}} -> tensor<?xi1, #weft.dims<a>>
func.func @compare_makes_booleans(%x: tensor<?xf32, #weft.dims<a>>) -> tensor<?xi1> {
  %z = weft.compare lt %x, %x : (tensor<?xf32, #weft.dims<a>>, tensor<?xf32, #weft.dims<a>>) -> tensor<?xi1>
  return %z : tensor<?xi1>
}
