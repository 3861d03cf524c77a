// What the host program cannot express is an error at the op.
// RUN: weft-opt %s --split-input-file --verify-diagnostics --weft-outline-kernels

// A sequence that is left at run time.
func.func @sequence_f32(%x: tensor<4xf32>) -> index {
  // expected-error@+1 {{'weft.seq_make' op has no form in the host program}}
  %0 = weft.seq_make %x : (tensor<4xf32>) -> !weft.seq<tensor<4xf32>>
  // expected-error@+1 {{'weft.seq_length' op has no form in the host program}}
  %1 = weft.seq_length %0 : (!weft.seq<tensor<4xf32>>) -> index
  return %1 : index
}

// -----

// Stacked outputs need room that is known before the loop.
func.func @unbounded_loop_with_stack_f32(%x: tensor<4xf32>, %c: tensor<i1>) -> tensor<?x4xf32, #weft.dims<m, 4>> {
  // expected-error@+1 {{'weft.loop' op expected a trip count for stacked outputs, but got an unbounded loop}}
  %0:2 = weft.loop while %c carried(%x) scanned() {scan_in_axes = array<i64>, scan_in_reverse = array<i1>, scan_out_axes = array<i64: 0>, scan_out_reverse = array<i1: false>} : (tensor<i1>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32, #weft.dims<m, 4>>) {
  ^bb0(%i: index, %a: tensor<4xf32>):
    weft.yield %c, %a, %a : tensor<i1>, tensor<4xf32>, tensor<4xf32>
  }
  return %0#1 : tensor<?x4xf32, #weft.dims<m, 4>>
}
