// What the host program cannot express is an error at the op.
// RUN: weft-opt %s --split-input-file --verify-diagnostics --weft-outline-kernels

// Strings have no storage, in sequences either.
// expected-error@+1 {{has an argument of type '!weft.seq<tensor<4x!weft.string>>', which the host program cannot hold}}
func.func @no_sequence_of_strings(%s: !weft.seq<tensor<4x!weft.string>>) -> index {
  %0 = weft.seq_length %s : (!weft.seq<tensor<4x!weft.string>>) -> index
  return %0 : index
}

// -----

func.func @no_text_from_numbers(%x: tensor<4xf32>) -> tensor<4xi1> {
  // expected-error@+1 {{has no form in the host program}}
  %0 = weft.cast %x {to = !weft.string} : (tensor<4xf32>) -> tensor<4x!weft.string>
  %1 = weft.compare eq %0, %0 : (tensor<4x!weft.string>, tensor<4x!weft.string>) -> tensor<4xi1>
  return %1 : tensor<4xi1>
}

// -----

func.func @no_constant_of_texts() -> tensor<2xi1> {
  // expected-error@+1 {{has elements of type '!weft.string', which the host program cannot hold}}
  %0 = weft.constant dense<["a", "b"]> : tensor<2x!weft.string>
  %1 = weft.compare eq %0, %0 : (tensor<2x!weft.string>, tensor<2x!weft.string>) -> tensor<2xi1>
  return %1 : tensor<2xi1>
}

// -----

func.func @no_reshape_to_size_that_nothing_states(%x: tensor<2x2xf32>) -> tensor<?xf32, #weft.dims<n>> {
  // expected-error@+1 {{expected the size of dim 0 of 'tensor<?xf32, #weft.dims<n>>' to be known before the op runs, but it is not}}
  %0 = weft.reshape %x to [4] : (tensor<2x2xf32>) -> tensor<?xf32, #weft.dims<n>>
  return %0 : tensor<?xf32, #weft.dims<n>>
}

// -----

func.func @no_kernel_of_size_that_nothing_states(%x: tensor<4xf32>) -> tensor<?xf32, #weft.dims<n>> {
  // expected-error@+1 {{expected the size n to be known before the kernel runs, but it is not}}
  %0 = weft.kernel "elementwise"(%x) nodes ["a"] : (tensor<4xf32>) -> tensor<?xf32, #weft.dims<n>> {
  ^bb0(%a: tensor<4xf32>):
    %b = weft.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %b : tensor<4xf32>
  }
  return %0 : tensor<?xf32, #weft.dims<n>>
}

// -----

func.func @no_kernel_with_unnamed_size_inside(%x: tensor<8xf32>, %i: tensor<1xi64>) -> tensor<8xf32> {
  %n = weft.extract %i {i = 0} : tensor<1xi64>
  %0 = weft.kernel "elementwise"(%x, %n) nodes ["a"] : (tensor<8xf32>, index) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>, %m: index):
    // expected-error@+1 {{expected the size of dim 0 of 'tensor<?xf32>' to be known before the kernel runs, but it is not}}
    %s = weft.slice %a [0] [%m] {strides = array<i64: 1>} : (tensor<8xf32>, index) -> tensor<?xf32>
    %r = weft.reduce sum %s {axes = array<i64: 0>} : (tensor<?xf32>) -> tensor<1xf32>
    %b = weft.add %a, %r : (tensor<8xf32>, tensor<1xf32>) -> tensor<8xf32>
    weft.yield %b : tensor<8xf32>
  }
  return %0 : tensor<8xf32>
}

// -----

func.func @no_attention_when_heads_are_known_at_run_time(%q: tensor<1x?x4x8xf32, #weft.dims<1, h, 4, 8>>, %k: tensor<1x2x4x8xf32>) -> tensor<1x?x4x8xf32, #weft.dims<1, h, 4, 8>> {
  // expected-error@+1 {{expected numbers of heads that are known at compile time, but got h and 2}}
  %0 = weft.attention %q, %k, %k {scale = 1.0 : f64} : (tensor<1x?x4x8xf32, #weft.dims<1, h, 4, 8>>, tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>) -> tensor<1x?x4x8xf32, #weft.dims<1, h, 4, 8>>
  return %0 : tensor<1x?x4x8xf32, #weft.dims<1, h, 4, 8>>
}

// -----

// What an automaton has to remember doubles with each repetition.
func.func @no_endless_table(%x: tensor<4xi64>) -> tensor<4xi1> {
  // expected-error@+1 {{expected a pattern whose automaton has at most a million transitions, but got '[ab]*a[ab]{30}'}}
  %0 = weft.text_match %x {pattern = "[ab]*a[ab]{30}"} : (tensor<4xi64>) -> tensor<4xi1>
  return %0 : tensor<4xi1>
}
