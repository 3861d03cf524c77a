// RUN: weft-opt %s | FileCheck %s
//
// weft.seq_concat parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @seq_concat_example(
// CHECK: weft.seq_concat %{{.*}} {axis = 0 : i64, new_axis = true} : (!weft.seq<tensor<?xf32>>) -> tensor<?x?xf32>
func.func @seq_concat_example(%s: !weft.seq<tensor<?xf32>>) {
  %x = weft.seq_concat %s {axis = 0 : i64, new_axis = true} : (!weft.seq<tensor<?xf32>>) -> tensor<?x?xf32>
  return
}
