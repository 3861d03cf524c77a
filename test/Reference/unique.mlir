// RUN: weft-interp %s | FileCheck %s
//
// What weft.unique computes, in numbers; docs/spec says why.

// Sorted distinct elements, first places, inverse and counts.
// CHECK: @unique_flat 0: tensor<3xf32> = [1.0, 2.0, 3.0]
// CHECK: @unique_flat 1: tensor<3xi64> = [1, 0, 3]
// CHECK: @unique_flat 2: tensor<4xi64> = [1, 0, 0, 2]
// CHECK: @unique_flat 3: tensor<3xi64> = [2, 1, 1]
func.func @unique_flat() -> (tensor<?xf32>, tensor<?xi64>, tensor<4xi64>, tensor<?xi64>) {
  %x = weft.constant dense<[2.0, 1.0, 1.0, 3.0]> : tensor<4xf32>
  %y, %f, %i, %c = weft.unique %x : (tensor<4xf32>) -> (tensor<?xf32>, tensor<?xi64>, tensor<4xi64>, tensor<?xi64>)
  return %y, %f, %i, %c : tensor<?xf32>, tensor<?xi64>, tensor<4xi64>, tensor<?xi64>
}

// Distinct rows in the order of their first appearance.
// CHECK: @unique_unsorted_rows 0: tensor<2x2xi32> = {{\[\[}}2, 0], [1, 0]]
// CHECK: @unique_unsorted_rows 1: tensor<3xi64> = [0, 1, 0]
func.func @unique_unsorted_rows() -> (tensor<?x2xi32>, tensor<3xi64>) {
  %x = weft.constant dense<[[2, 0], [1, 0], [2, 0]]> : tensor<3x2xi32>
  %y, %f, %i, %c = weft.unique %x {axis = 0 : i64, sorted = false} : (tensor<3x2xi32>) -> (tensor<?x2xi32>, tensor<?xi64>, tensor<3xi64>, tensor<?xi64>)
  return %y, %i : tensor<?x2xi32>, tensor<3xi64>
}
