// RUN: weft-opt %s | FileCheck %s
//
// weft.broadcast parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @broadcast_example(
// CHECK: weft.broadcast %{{.*}} to [%{{.*}}, 8] : (tensor<1x8xf32>, index) -> tensor<?x8xf32>
func.func @broadcast_example(%x: tensor<1x8xf32>, %n: index) {
  %y = weft.broadcast %x to [%n, 8] : (tensor<1x8xf32>, index) -> tensor<?x8xf32>
  return
}
