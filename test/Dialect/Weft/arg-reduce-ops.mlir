// RUN: weft-opt %s | FileCheck %s
//
// weft.arg_reduce parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @arg_reduce_example(
// CHECK: weft.arg_reduce max %{{.*}} {axis = 1 : i64, last = true} : (tensor<4x8xf32>) -> tensor<4x1xi64>
func.func @arg_reduce_example(%x: tensor<4x8xf32>) {
  %y = weft.arg_reduce max %x {axis = 1 : i64, last = true} : (tensor<4x8xf32>) -> tensor<4x1xi64>
  return
}
