// RUN: weft-interp %s | FileCheck %s
//
// What weft.scatter_elements computes, in numbers; docs/spec says why.

// The last of two updates wins.
// CHECK: @scatter_elements_set 0: tensor<2x4xf32> = {{\[\[}}0.0, 6.0, 0.0, 0.0], [8.0, 0.0, 0.0, 7.0]]
func.func @scatter_elements_set() -> (tensor<2x4xf32>) {
  %x = weft.constant dense<[[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]> : tensor<2x4xf32>
  %i = weft.constant dense<[[1, 1], [3, 0]]> : tensor<2x2xi64>
  %u = weft.constant dense<[[5.0, 6.0], [7.0, 8.0]]> : tensor<2x2xf32>
  %y = weft.scatter_elements %x, %i, %u {axis = 1 : i64} : (tensor<2x4xf32>, tensor<2x2xi64>, tensor<2x2xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// Both are added.
// CHECK: @scatter_elements_add 0: tensor<2x4xf32> = {{\[\[}}0.0, 11.0, 0.0, 0.0], [8.0, 0.0, 0.0, 7.0]]
func.func @scatter_elements_add() -> (tensor<2x4xf32>) {
  %x = weft.constant dense<[[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]> : tensor<2x4xf32>
  %i = weft.constant dense<[[1, 1], [3, 0]]> : tensor<2x2xi64>
  %u = weft.constant dense<[[5.0, 6.0], [7.0, 8.0]]> : tensor<2x2xf32>
  %y = weft.scatter_elements %x, %i, %u {axis = 1 : i64, mode = #weft.scatter_mode<add>} : (tensor<2x4xf32>, tensor<2x2xi64>, tensor<2x2xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// The greater one stays.
// CHECK: @scatter_elements_max 0: tensor<2x4xf32> = {{\[\[}}6.0, 6.0, 6.0, 6.0], [8.0, 6.0, 6.0, 7.0]]
func.func @scatter_elements_max() -> (tensor<2x4xf32>) {
  %x = weft.constant dense<[[6.0, 6.0, 6.0, 6.0], [6.0, 6.0, 6.0, 6.0]]> : tensor<2x4xf32>
  %i = weft.constant dense<[[1, 1], [3, 0]]> : tensor<2x2xi64>
  %u = weft.constant dense<[[5.0, 6.0], [7.0, 8.0]]> : tensor<2x2xf32>
  %y = weft.scatter_elements %x, %i, %u {axis = 1 : i64, mode = #weft.scatter_mode<max>} : (tensor<2x4xf32>, tensor<2x2xi64>, tensor<2x2xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}
