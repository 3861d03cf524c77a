// RUN: weft-interp %s | FileCheck %s
//
// What weft.dim computes, in numbers; docs/spec says why.

// The size at run time.
// CHECK: @dim_size 0: index = 3
func.func @dim_size() -> (index) {
  %x = weft.constant dense<[[0, 1, 2], [3, 4, 5]]> : tensor<2x3xi32>
  %n = weft.dim %x {axis = 1 : i64} : tensor<2x3xi32>
  return %n : index
}
