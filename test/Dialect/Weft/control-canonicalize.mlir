// RUN: weft-opt %s --canonicalize | FileCheck %s
//
// Control flow that is known at compile time leaves its ops behind.

// CHECK-LABEL: func.func @if_true(
// CHECK-NOT: weft.if
// CHECK: %[[Y:.*]] = weft.exp %arg0
// CHECK-NEXT: return %[[Y]]
func.func @if_true(%x: tensor<4xf32>) -> tensor<4xf32> {
  %true = weft.constant dense<true> : tensor<i1>
  %y = weft.if %true : (tensor<i1>) -> tensor<4xf32> {
    %0 = weft.exp %x : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %0 : tensor<4xf32>
  } else {
    weft.yield %x : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// The function returns a type that says less than what the region yields.
// CHECK-LABEL: func.func @no_inline_when_return_needs_type(
// CHECK: weft.if
func.func @no_inline_when_return_needs_type(%x: tensor<4xf32>) -> tensor<?xf32> {
  %true = weft.constant dense<true> : tensor<i1>
  %y = weft.if %true : (tensor<i1>) -> tensor<?xf32> {
    weft.yield %x : tensor<4xf32>
  } else {
    weft.yield %x : tensor<4xf32>
  }
  return %y : tensor<?xf32>
}

// CHECK-LABEL: func.func @no_inline_when_condition_unknown(
// CHECK: weft.if %arg0
func.func @no_inline_when_condition_unknown(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %y = weft.if %c : (tensor<i1>) -> tensor<4xf32> {
    %0 = weft.exp %x : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %0 : tensor<4xf32>
  } else {
    weft.yield %x : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @loop_without_trips(
// CHECK-NEXT: return %arg0
func.func @loop_without_trips(%x: tensor<4xf32>, %c: tensor<i1>) -> tensor<4xf32> {
  %zero = arith.constant 0 : index
  %y = weft.loop trip %zero carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (index, tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: index, %a: tensor<4xf32>):
    %0 = weft.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %c, %0 : tensor<i1>, tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// An empty stacked output has sizes that only a slice would tell.
// CHECK-LABEL: func.func @no_loop_removal_when_output_is_stacked(
// CHECK: weft.loop
func.func @no_loop_removal_when_output_is_stacked(%x: tensor<4xf32>, %c: tensor<i1>) -> tensor<?x4xf32> {
  %zero = arith.constant 0 : index
  %y = weft.loop trip %zero carried() scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64: 0>, scan_out_reverse = array<i1: false>} : (index) -> tensor<?x4xf32> {
  ^bb0(%i: index):
    weft.yield %c, %x : tensor<i1>, tensor<4xf32>
  }
  return %y : tensor<?x4xf32>
}

// The trips are known at run time.
// CHECK-LABEL: func.func @no_loop_removal_when_loop_may_run(
// CHECK: weft.loop
func.func @no_loop_removal_when_loop_may_run(%x: tensor<4xf32>, %c: tensor<i1>, %n: index) -> tensor<4xf32> {
  %y = weft.loop trip %n carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (index, tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: index, %a: tensor<4xf32>):
    %0 = weft.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %c, %0 : tensor<i1>, tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// The function returns a type that says less than what is carried.
// CHECK-LABEL: func.func @no_loop_removal_when_return_needs_type(
// CHECK: weft.loop
func.func @no_loop_removal_when_return_needs_type(%x: tensor<4xf32>, %c: tensor<i1>) -> tensor<?xf32> {
  %zero = arith.constant 0 : index
  %y = weft.loop trip %zero carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (index, tensor<4xf32>) -> tensor<?xf32> {
  ^bb0(%i: index, %a: tensor<?xf32>):
    %0 = weft.exp %a : (tensor<?xf32>) -> tensor<?xf32>
    weft.yield %c, %0 : tensor<i1>, tensor<?xf32>
  }
  return %y : tensor<?xf32>
}
