// RUN: weft-opt %s --weft-fold-constants 2>&1 | FileCheck %s
//
// An op that breaks a rule on constants is not folded, and is no error of the compiler: it may never run.

// CHECK-NOT: error
// CHECK-LABEL: func.func @no_fold_gather_when_index_out_of_range(
// CHECK: weft.gather
func.func @no_fold_gather_when_index_out_of_range() -> tensor<1xf32> {
  %x = weft.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %i = weft.constant dense<2> : tensor<1xi64>
  %y = weft.gather %x, %i {axis = 0 : i64} : (tensor<2xf32>, tensor<1xi64>) -> tensor<1xf32>
  return %y : tensor<1xf32>
}
