// RUN: weft-opt %s | FileCheck %s
//
// weft.seq_length parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @seq_length_example(
// CHECK: weft.seq_length %{{.*}} : (!weft.seq<tensor<?xf32>>) -> index
func.func @seq_length_example(%s: !weft.seq<tensor<?xf32>>) {
  %n = weft.seq_length %s : (!weft.seq<tensor<?xf32>>) -> index
  return
}
