// RUN: weft-opt %s | FileCheck %s
//
// weft.seq_split parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @seq_split_example(
// CHECK: weft.seq_split %{{.*}} split %{{.*}} {axis = 0 : i64} : (tensor<?xf32>, tensor<i64>) -> !weft.seq<tensor<?xf32>>
func.func @seq_split_example(%x: tensor<?xf32>, %n: tensor<i64>) {
  %s = weft.seq_split %x split %n {axis = 0 : i64} : (tensor<?xf32>, tensor<i64>) -> !weft.seq<tensor<?xf32>>
  return
}
