// RUN: weft-interp %s | FileCheck %s
//
// What weft.sort computes, in numbers; docs/spec says why.

// Equal elements keep their order in both directions.
// CHECK: @sort_stable 0: tensor<4xi32> = [1, 1, 2, 2]
// CHECK: @sort_stable 1: tensor<4xi64> = [1, 3, 0, 2]
// CHECK: @sort_stable 2: tensor<4xi32> = [2, 2, 1, 1]
// CHECK: @sort_stable 3: tensor<4xi64> = [0, 2, 1, 3]
func.func @sort_stable() -> (tensor<4xi32>, tensor<4xi64>, tensor<4xi32>, tensor<4xi64>) {
  %x = weft.constant dense<[2, 1, 2, 1]> : tensor<4xi32>
  %v, %i = weft.sort %x {axis = 0 : i64} : (tensor<4xi32>) -> (tensor<4xi32>, tensor<4xi64>)
  %w, %j = weft.sort %x {axis = 0 : i64, descending = true} : (tensor<4xi32>) -> (tensor<4xi32>, tensor<4xi64>)
  return %v, %i, %w, %j : tensor<4xi32>, tensor<4xi64>, tensor<4xi32>, tensor<4xi64>
}
