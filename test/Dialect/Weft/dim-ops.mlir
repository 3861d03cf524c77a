// RUN: weft-opt %s | FileCheck %s
//
// weft.dim parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @dim_example(
// CHECK: weft.dim %{{.*}} {axis = 0 : i64} : tensor<?x8xf32>
func.func @dim_example(%x: tensor<?x8xf32>) {
  %n = weft.dim %x {axis = 0 : i64} : tensor<?x8xf32>
  return
}
