// RUN: weft-opt %s | FileCheck %s
//
// weft.seq_get parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @seq_get_example(
// CHECK: weft.seq_get %{{.*}}, %{{.*}} : (!weft.seq<tensor<?xf32>>, index) -> tensor<?xf32>
func.func @seq_get_example(%s: !weft.seq<tensor<?xf32>>, %i: index) {
  %x = weft.seq_get %s, %i : (!weft.seq<tensor<?xf32>>, index) -> tensor<?xf32>
  return
}
