// RUN: weft-opt %s --verify-llvm --split-input-file --verify-diagnostics
//
// The gate of phase llvm: nothing but the LLVM dialect is left.

llvm.func @legal(%a: i32) -> i32 {
  %b = llvm.add %a, %a : i32
  llvm.return %b : i32
}

// -----

// An op that no conversion took.
llvm.func @arith_left(%a: i32) -> i32 {
  // expected-error @+1 {{'arith.addi' op internal: expected the LLVM dialect in its place}}
  %b = arith.addi %a, %a : i32
  llvm.return %b : i32
}

// -----

// A cast between types of both worlds.
llvm.func @cast_left(%a: i64) {
  // expected-error @+1 {{'builtin.unrealized_conversion_cast' op internal: expected the LLVM dialect in its place}}
  %b = builtin.unrealized_conversion_cast %a : i64 to index
  llvm.return
}

// -----

// A kernel that was not lowered, with what it holds.
// expected-error @+1 {{'kernel.func' op internal: expected the LLVM dialect in its place}}
kernel.func @kernel_left() {
  // expected-error @+1 {{'kernel.return' op internal: expected the LLVM dialect in its place}}
  kernel.return
}
