// RUN: weft-interp %s | FileCheck %s
//
// What weft.extract computes, in numbers; docs/spec says why.

// Row-major position.
// CHECK: @extract_second 0: index = 4
func.func @extract_second() -> (index) {
  %x = weft.constant dense<[[0, 1, 2], [3, 4, 5]]> : tensor<2x3xi32>
  %n = weft.extract %x {i = 4 : i64} : tensor<2x3xi32>
  return %n : index
}
