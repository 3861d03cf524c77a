// RUN: weft-opt %s | FileCheck %s
//
// weft.seq_insert parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @seq_insert_example(
// CHECK: weft.seq_insert %{{.*}}, %{{.*}} at %{{.*}} : (!weft.seq<tensor<?xf32>>, tensor<?xf32>, index) -> !weft.seq<tensor<?xf32>>
func.func @seq_insert_example(%s: !weft.seq<tensor<?xf32>>, %x: tensor<?xf32>, %i: index) {
  %t = weft.seq_insert %s, %x at %i : (!weft.seq<tensor<?xf32>>, tensor<?xf32>, index) -> !weft.seq<tensor<?xf32>>
  return
}
