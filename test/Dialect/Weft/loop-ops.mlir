// RUN: weft-opt %s | FileCheck %s
//
// weft.loop parses, verifies and prints as docs/spec shows it.

// CHECK-LABEL: func.func @loop_example(
// CHECK: weft.loop trip %{{.*}} carried(%{{.*}}) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64: 0>, scan_out_reverse = array<i1: false>} : (index, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
// CHECK: weft.exp %{{.*}} : (tensor<4xf32>) -> tensor<4xf32>
// CHECK: weft.yield %{{.*}}, %{{.*}}, %{{.*}} : tensor<i1>, tensor<4xf32>, tensor<4xf32>
func.func @loop_example(%n: index, %c: tensor<i1>, %x: tensor<4xf32>) {
  %y, %ys = weft.loop trip %n carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64: 0>, scan_out_reverse = array<i1: false>} : (index, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>) {
  ^bb0(%i: index, %a: tensor<4xf32>):
    %b = weft.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %c, %b, %b : tensor<i1>, tensor<4xf32>, tensor<4xf32>
  }
  return
}
