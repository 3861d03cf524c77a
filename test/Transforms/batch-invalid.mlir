// RUN: weft-opt %s --weft-batch=size=4 --split-input-file --verify-diagnostics
// RUN: not weft-opt %s --weft-batch=size=-3 2>&1 | FileCheck %s --check-prefix=SIZE
// SIZE: weft-batch: expected a size of at least 0, but got -3
//
// The op that keeps a model from being batched is named.

func.func @no_batch_when_softmax_is_over_samples(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  // expected-error @+1 {{cannot be batched: it mixes the entries of dim 0 of operand 0, which holds the samples}}
  %y = weft.softmax %x {axis = 0} : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %y : tensor<1x8xf32>
}

// -----

func.func @no_batch_when_reshape_mixes_samples(%x: tensor<1x6x8xf32>) -> tensor<8x6xf32> {
  %t = weft.transpose %x {perm = array<i64: 1, 0, 2>} : (tensor<1x6x8xf32>) -> tensor<6x1x8xf32>
  // expected-error @+1 {{cannot be batched: it mixes dim 1 of its operand with dims before it}}
  %y = weft.reshape %t to [8, 6] : (tensor<6x1x8xf32>) -> tensor<8x6xf32>
  return %y : tensor<8x6xf32>
}

// -----

func.func @no_batch_when_shape_depends_on_sample(%x: tensor<1xi64>) -> tensor<?xf32> {
  // expected-error @+1 {{cannot be batched: the shape would depend on the sample}}
  %e = weft.extract %x {i = 0} : tensor<1xi64>
  %y = weft.iota [%e] {to = f32, axis = 0} : (index) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

func.func @no_batch_when_op_has_no_map(%x: tensor<1x8xf32>) -> tensor<2x?xi64> {
  // expected-error @+1 {{cannot be batched: its operands and results have no dims in common}}
  %y = weft.nonzero %x : (tensor<1x8xf32>) -> tensor<2x?xi64>
  return %y : tensor<2x?xi64>
}

// -----

func.func @no_batch_when_part_of_samples_is_sliced(%x: tensor<1x8xf32>) -> tensor<0x8xf32> {
  // expected-error @+1 {{cannot be batched: it takes a part of dim 0, which holds the samples}}
  %y = weft.slice %x [0, 0] [0, 8] {strides = array<i64: 1, 1>} : (tensor<1x8xf32>) -> tensor<0x8xf32>
  return %y : tensor<0x8xf32>
}

// -----

func.func @no_batch_when_iterations_depend_on_sample(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %z = weft.constant dense<0.0> : tensor<1xf32>
  %true = weft.constant dense<true> : tensor<1xi1>
  // expected-error @+1 {{cannot be batched: samples would need different numbers of iterations}}
  %y = weft.loop while %true carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (tensor<1xi1>, tensor<1x8xf32>) -> tensor<1x8xf32> {
  ^bb0(%i: index, %s: tensor<1x8xf32>):
    %a = weft.exp %s : (tensor<1x8xf32>) -> tensor<1x8xf32>
    %m = weft.reduce max %a {axes = array<i64: 1>} : (tensor<1x8xf32>) -> tensor<1x1xf32>
    %n = weft.reshape %m to [1] : (tensor<1x1xf32>) -> tensor<1xf32>
    %c = weft.compare lt %n, %z : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xi1>
    weft.yield %c, %a : tensor<1xi1>, tensor<1x8xf32>
  }
  return %y : tensor<1x8xf32>
}

// -----

func.func @no_batch_when_loop_scans_samples(%x: tensor<1x8xf32>) -> tensor<8xf32> {
  %h = weft.constant dense<0.0> : tensor<8xf32>
  %true = weft.constant dense<true> : tensor<i1>
  // expected-error @+1 {{cannot be batched: it scans dim 0 of operand 0, which holds the samples}}
  %y = weft.loop carried(%h) scanned(%x) {scan_in_axes = array<i64: 0>, scan_in_reverse = array<i1: false>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (tensor<8xf32>, tensor<1x8xf32>) -> tensor<8xf32> {
  ^bb0(%i: index, %s: tensor<8xf32>, %t: tensor<8xf32>):
    %a = weft.add %s, %t : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    weft.yield %true, %a : tensor<i1>, tensor<8xf32>
  }
  return %y : tensor<8xf32>
}

// -----

func.func @no_batch_when_iteration_moves_samples(%x: tensor<1x1xf32>, %n: index) -> tensor<1x1xf32> {
  %true = weft.constant dense<true> : tensor<i1>
  // expected-error @+1 {{cannot be batched: carried value 0 has the samples in dim 0 before an iteration and in dim 1 behind it}}
  %y = weft.loop trip %n carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64>, scan_out_reverse = array<i1>} : (index, tensor<1x1xf32>) -> tensor<1x1xf32> {
  ^bb0(%i: index, %s: tensor<1x1xf32>):
    %a = weft.transpose %s {perm = array<i64: 1, 0>} : (tensor<1x1xf32>) -> tensor<1x1xf32>
    weft.yield %true, %a : tensor<i1>, tensor<1x1xf32>
  }
  return %y : tensor<1x1xf32>
}

// -----

func.func @no_batch_when_branch_depends_on_sample(%x: tensor<1x8xf32>, %c: tensor<1xi1>) -> tensor<1x8xf32> {
  // expected-error @+1 {{cannot be batched: samples would take different branches}}
  %y = weft.if %c : (tensor<1xi1>) -> tensor<1x8xf32> {
    weft.yield %x : tensor<1x8xf32>
  } else {
    %e = weft.exp %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
    weft.yield %e : tensor<1x8xf32>
  }
  return %y : tensor<1x8xf32>
}

// -----

func.func @no_batch_when_branches_move_samples(%x: tensor<1x1xf32>, %c: tensor<i1>) -> tensor<1x1xf32> {
  // expected-error @+1 {{cannot be batched: its branches give result 0 with the samples in different dims}}
  %y = weft.if %c : (tensor<i1>) -> tensor<1x1xf32> {
    weft.yield %x : tensor<1x1xf32>
  } else {
    %t = weft.transpose %x {perm = array<i64: 1, 0>} : (tensor<1x1xf32>) -> tensor<1x1xf32>
    weft.yield %t : tensor<1x1xf32>
  }
  return %y : tensor<1x1xf32>
}

// -----

func.func @no_batch_when_operands_hold_samples_in_other_dims(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %t = weft.transpose %x {perm = array<i64: 1, 0>} : (tensor<1x1xf32>) -> tensor<1x1xf32>
  // expected-error @+1 {{cannot be batched: operands carry the samples in dims that do not go together}}
  %y = weft.add %x, %t : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}

// -----

func.func @no_batch_when_sample_is_repeated(%x: tensor<1x8xf32>) -> tensor<5x8xf32> {
  // expected-error @+1 {{cannot be batched: it repeats the sample along dim 0}}
  %y = weft.broadcast %x to [5, 8] : (tensor<1x8xf32>) -> tensor<5x8xf32>
  return %y : tensor<5x8xf32>
}

// -----

func.func @no_batch_when_branches_need_repeated_values(%x: tensor<1x3xf32>, %c: tensor<i1>) -> tensor<3xf32> {
  %r = weft.reshape %x to [3] : (tensor<1x3xf32>) -> tensor<3xf32>
  %k = weft.constant dense<2.0> : tensor<3xf32>
  %y = weft.if %c : (tensor<i1>) -> tensor<3xf32> {
    weft.yield %r : tensor<3xf32>
  } else {
    // expected-error @+1 {{cannot be batched: operand 0 would have to be repeated for each sample}}
    weft.yield %k : tensor<3xf32>
  }
  return %y : tensor<3xf32>
}

// -----

// The 6 rows of each sample lie in one dim with the batch, those of the other operand do not.
func.func @no_batch_when_operand_would_be_repeated(%x: tensor<1x6x8xf32>, %k: tensor<6x2xf32>) -> tensor<6x10xf32> {
  %r = weft.reshape %x to [6, 8] : (tensor<1x6x8xf32>) -> tensor<6x8xf32>
  // expected-error @+1 {{cannot be batched: operand 1 would have to be repeated for each sample}}
  %y = weft.concat %r, %k {axis = 1} : (tensor<6x8xf32>, tensor<6x2xf32>) -> tensor<6x10xf32>
  return %y : tensor<6x10xf32>
}

// -----

func.func @no_batch_when_op_has_no_rule(%x: tensor<1x8xf32>) -> !weft.seq<tensor<1x8xf32>> {
  // expected-error @+1 {{cannot be batched: its operands and results have no dims in common}}
  %y = weft.seq_make %x : (tensor<1x8xf32>) -> !weft.seq<tensor<1x8xf32>>
  return %y : !weft.seq<tensor<1x8xf32>>
}

// -----

// The samples are query heads of one key head, whose state they share.
func.func @no_batch_when_result_is_shared(%x: tensor<1x2x4x8xf32>, %k: tensor<2x4x1x8xf32>) -> tensor<2x4x1x8xf32> {
  %q = weft.transpose %x {perm = array<i64: 1, 2, 0, 3>} : (tensor<1x2x4x8xf32>) -> tensor<2x4x1x8xf32>
  // expected-error @+1 {{cannot be batched: a result does not keep the samples apart}}
  %y, %s = weft.linear_attention %q, %k, %k {rule = #weft<recurrent_rule<linear>>, scale = 1.0 : f64} : (tensor<2x4x1x8xf32>, tensor<2x4x1x8xf32>, tensor<2x4x1x8xf32>) -> (tensor<2x4x1x8xf32>, tensor<2x1x8x8xf32>)
  return %y : tensor<2x4x1x8xf32>
}

// -----

// As many rows as samples: each sample was combined with all of them.
func.func @no_batch_when_rows_are_as_many(%x: tensor<1x8xf32>, %k: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // expected-error @+1 {{cannot be batched: an operand would have to be repeated for each sample}}
  %y = weft.add %x, %k : (tensor<1x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// The same in a product's batch dims.
func.func @no_batch_when_matrices_are_as_many(%x: tensor<1x3x8xf32>, %k: tensor<4x8x2xf32>) -> tensor<4x3x2xf32> {
  // expected-error @+1 {{cannot be batched: an operand would have to be repeated for each sample}}
  %y = weft.matmul %x, %k : (tensor<1x3x8xf32>, tensor<4x8x2xf32>) -> tensor<4x3x2xf32>
  return %y : tensor<4x3x2xf32>
}
