// RUN: weft-opt %s | FileCheck %s
//
// weft.seq_make parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @seq_make_example(
// CHECK: weft.seq_make %{{.*}} : (tensor<?xf32>) -> !weft.seq<tensor<?xf32>>
func.func @seq_make_example(%x: tensor<?xf32>) {
  %s = weft.seq_make %x : (tensor<?xf32>) -> !weft.seq<tensor<?xf32>>
  return
}
