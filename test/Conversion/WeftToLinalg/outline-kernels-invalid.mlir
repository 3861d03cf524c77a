// What the host program cannot express is an error at the op.
// RUN: weft-opt %s --split-input-file --verify-diagnostics --weft-outline-kernels

// Strings have no storage, in sequences either.
// expected-error@+1 {{has an argument of type '!weft.seq<tensor<4x!weft.string>>', which the host program cannot hold}}
func.func @no_sequence_of_strings(%s: !weft.seq<tensor<4x!weft.string>>) -> index {
  %0 = weft.seq_length %s : (!weft.seq<tensor<4x!weft.string>>) -> index
  return %0 : index
}
