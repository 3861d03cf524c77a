// RUN: weft-opt %s | FileCheck %s
//
// weft.seq_erase parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @seq_erase_example(
// CHECK: weft.seq_erase %{{.*}} at %{{.*}} : (!weft.seq<tensor<?xf32>>, index) -> !weft.seq<tensor<?xf32>>
func.func @seq_erase_example(%s: !weft.seq<tensor<?xf32>>, %i: index) {
  %t = weft.seq_erase %s at %i : (!weft.seq<tensor<?xf32>>, index) -> !weft.seq<tensor<?xf32>>
  return
}
