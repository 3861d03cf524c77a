// RUN: weft-interp %s | FileCheck %s
//
// What sequence and optional ops compute.

// CHECK: @seq_edit 0: !weft.seq<tensor<?xi32>> = {tensor<1xi32> = [3]; tensor<2xi32> = [1, 2]}
// CHECK: @seq_edit 1: index = 2
// CHECK: @seq_edit 2: tensor<1xi32> = [3]
func.func @seq_edit() -> (!weft.seq<tensor<?xi32>>, index, tensor<?xi32>) {
  %a = weft.constant dense<[1, 2]> : tensor<2xi32>
  %b = weft.constant dense<3> : tensor<1xi32>
  %first = arith.constant 0 : index
  %beforeLast = arith.constant -2 : index
  %0 = weft.seq_make %a, %a : (tensor<2xi32>, tensor<2xi32>) -> !weft.seq<tensor<?xi32>>
  %1 = weft.seq_insert %0, %b at %first : (!weft.seq<tensor<?xi32>>, tensor<1xi32>, index) -> !weft.seq<tensor<?xi32>>
  %2 = weft.seq_erase %1 : (!weft.seq<tensor<?xi32>>) -> !weft.seq<tensor<?xi32>>
  %3 = weft.seq_length %2 : (!weft.seq<tensor<?xi32>>) -> index
  %4 = weft.seq_get %2, %beforeLast : (!weft.seq<tensor<?xi32>>, index) -> tensor<?xi32>
  return %2, %3, %4 : !weft.seq<tensor<?xi32>>, index, tensor<?xi32>
}

// Pieces of 2, the last shorter; joined again; each element its own slice, stacked.
// CHECK: @seq_split_and_concat 0: !weft.seq<tensor<?xi32>> = {tensor<2xi32> = [1, 2]; tensor<1xi32> = [3]}
// CHECK: @seq_split_and_concat 1: tensor<3xi32> = [1, 2, 3]
// CHECK: @seq_split_and_concat 2: tensor<3xi32> = [1, 2, 3]
func.func @seq_split_and_concat() -> (!weft.seq<tensor<?xi32>>, tensor<?xi32>, tensor<?xi32>) {
  %x = weft.constant dense<[1, 2, 3]> : tensor<3xi32>
  %two = weft.constant dense<2> : tensor<i64>
  %0 = weft.seq_split %x split %two {axis = 0 : i64} : (tensor<3xi32>, tensor<i64>) -> !weft.seq<tensor<?xi32>>
  %1 = weft.seq_concat %0 {axis = 0 : i64} : (!weft.seq<tensor<?xi32>>) -> tensor<?xi32>
  %2 = weft.seq_split %x {axis = 0 : i64, keepdims = false} : (tensor<3xi32>) -> !weft.seq<tensor<i32>>
  %3 = weft.seq_concat %2 {axis = 0 : i64, new_axis = true} : (!weft.seq<tensor<i32>>) -> tensor<?xi32>
  return %0, %1, %3 : !weft.seq<tensor<?xi32>>, tensor<?xi32>, tensor<?xi32>
}

// CHECK: @optionals 0: tensor<i1> = true
// CHECK: @optionals 1: tensor<i1> = false
// CHECK: @optionals 2: tensor<1xf32> = [4.0]
func.func @optionals() -> (i1, i1, tensor<1xf32>) {
  %x = weft.constant dense<4.0> : tensor<1xf32>
  %0 = weft.opt_make %x : (tensor<1xf32>) -> !weft.opt<tensor<1xf32>>
  %1 = weft.opt_make : () -> !weft.opt<tensor<1xf32>>
  %2 = weft.opt_has %0 : (!weft.opt<tensor<1xf32>>) -> i1
  %3 = weft.opt_has %1 : (!weft.opt<tensor<1xf32>>) -> i1
  %4 = weft.opt_get %0 : (!weft.opt<tensor<1xf32>>) -> tensor<1xf32>
  return %2, %3, %4 : i1, i1, tensor<1xf32>
}
