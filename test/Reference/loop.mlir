// RUN: weft-interp %s | FileCheck %s
//
// What weft.loop computes: trip counts, conditions, carried values, scanned operands and stacked outputs.

// Powers of two: the carried value doubles, each is an output.
// CHECK: @loop_trip 0: tensor<i32> = 8
// CHECK: @loop_trip 1: tensor<3xi32> = [2, 4, 8]
func.func @loop_trip() -> (tensor<i32>, tensor<?xi32>) {
  %three = arith.constant 3 : index
  %true = weft.constant dense<true> : tensor<i1>
  %one = weft.constant dense<1> : tensor<i32>
  %y, %ys = weft.loop trip %three carried(%one) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64: 0>, scan_out_reverse = array<i1: false>} : (index, tensor<i32>) -> (tensor<i32>, tensor<?xi32>) {
  ^bb0(%i: index, %x: tensor<i32>):
    %0 = weft.add %x, %x : (tensor<i32>, tensor<i32>) -> tensor<i32>
    weft.yield %true, %0, %0 : tensor<i1>, tensor<i32>, tensor<i32>
  }
  return %y, %ys : tensor<i32>, tensor<?xi32>
}

// Unbounded: it ends when the condition that it yields is false.
// CHECK: @loop_while 0: tensor<i32> = 128
func.func @loop_while() -> tensor<i32> {
  %true = weft.constant dense<true> : tensor<i1>
  %one = weft.constant dense<1> : tensor<i32>
  %most = weft.constant dense<100> : tensor<i32>
  %y = weft.loop while %true carried(%one) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (tensor<i1>, tensor<i32>) -> tensor<i32> {
  ^bb0(%i: index, %x: tensor<i32>):
    %0 = weft.add %x, %x : (tensor<i32>, tensor<i32>) -> tensor<i32>
    %1 = weft.compare lt %0, %most : (tensor<i32>, tensor<i32>) -> tensor<i1>
    weft.yield %1, %0 : tensor<i1>, tensor<i32>
  }
  return %y : tensor<i32>
}

// Prefix sums of rows, from the last row to the first; outputs stacked from the end along axis 1.
// CHECK: @loop_scan_reverse 0: tensor<2xi32> = [9, 12]
// CHECK: @loop_scan_reverse 1: tensor<2x3xi32> = {{\[\[}}9, 8, 5], [12, 10, 6]]
func.func @loop_scan_reverse() -> (tensor<2xi32>, tensor<2x?xi32>) {
  %true = weft.constant dense<true> : tensor<i1>
  %rows = weft.constant dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi32>
  %zero = weft.constant dense<0> : tensor<2xi32>
  %y, %ys = weft.loop carried(%zero) scanned(%rows) {scan_in_axes = array<i64: 0>, scan_in_reverse = array<i1: true>, scan_out_axes = array<i64: 1>, scan_out_reverse = array<i1: true>} : (tensor<2xi32>, tensor<3x2xi32>) -> (tensor<2xi32>, tensor<2x?xi32>) {
  ^bb0(%i: index, %sum: tensor<2xi32>, %row: tensor<2xi32>):
    %0 = weft.add %sum, %row : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
    weft.yield %true, %0, %0 : tensor<i1>, tensor<2xi32>, tensor<2xi32>
  }
  return %y, %ys : tensor<2xi32>, tensor<2x?xi32>
}

// No iteration: the stacked output is empty.
// CHECK: @loop_never 0: tensor<0x4xf32> = []
func.func @loop_never() -> tensor<?x4xf32> {
  %zero = arith.constant 0 : index
  %true = weft.constant dense<true> : tensor<i1>
  %ys = weft.loop trip %zero carried() scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64: 0>, scan_out_reverse = array<i1: false>} : (index) -> tensor<?x4xf32> {
  ^bb0(%i: index):
    %0 = weft.constant dense<1.0> : tensor<4xf32>
    weft.yield %true, %0 : tensor<i1>, tensor<4xf32>
  }
  return %ys : tensor<?x4xf32>
}
