// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes from kernels on tensors to the LLVM dialect, alphabetical.
#ifndef WEFT_CODEGEN_PASSES_TD
#define WEFT_CODEGEN_PASSES_TD

include "mlir/Pass/PassBase.td"

def WeftBufferizeKernelsPass : Pass<"weft-bufferize-kernels", "ModuleOp"> {
  let summary = "Turn the tensors of kernels into memory, results written in place";
  let description = [{
    What:           every `kernel.func` takes memrefs, its results' last, and returns nothing. The `tensor.empty` that a
                    returned value grows from (through destinations, loops and reshapes) becomes the result's memory, so
                    that nothing is copied at the end; one-shot analysis places the rest.
    Before this:    structured kernels; tensors in linalg, tensor, scf and kernel ops only.
    After this:     no tensor is left in a kernel. Arguments have identity layout; those that were arguments before are
                    only read, and results alias nothing. Temporary memory is `memref.alloc`; no `memref.copy` of a buffer
                    to itself is left.
    Does not:       free anything (weft-promote-buffers places the allocations), bufferise host functions.
    Cost:           a copy where a kernel returns an argument, a constant, or one value twice.
    Source:         one-shot analysis reuses a destination only if the returned value grows from it: a `tensor.empty` behind a
                    reshape would be a copy of the whole result.
    (* example test/Codegen/bufferize-kernels.mlir#relu_static_f32 *)
  }];
  let dependentDialects = ["bufferization::BufferizationDialect", "linalg::LinalgDialect", "memref::MemRefDialect",
                           "scf::SCFDialect", "tensor::TensorDialect"];
  let statistics = [
    Statistic<"numBound", "num-bound", "Number of results computed in place">,
    Statistic<"numCopied", "num-copied", "Number of results that are copied to their place">];
}

def WeftExpandMathPass : Pass<"weft-expand-math", "kernel::FuncOp"> {
  let summary = "Replace mathematical functions by arithmetic";
  let description = [{
    What:           rewrites every op that LLVM would turn into a call of libm or of the compiler's run-time library, on
                    scalars and vectors, into arith ops that vectorise: exp, log, sin, tanh, erf, pow and the like,
                    remainders, conversions of f16, bf16 and 8-bit floats, and fused multiply-add where there is none.
                    f16 and bf16 arithmetic goes through f32.
    Before this:    scalar or vector math and arith ops on float types.
    After this:     conversion to LLVM creates no call.
    Does not:       touch sqrt, fabs, floor, ceil, trunc, round, roundeven, copysign: each level has instructions for them.
    Cost:           10 to 60 arith ops per function; error at most 2 ulp for f32 and 5 ulp for f64, half an ulp
                    to one more without fused multiply-add (asserted by test/Unit/math_accuracy_test.cpp).
    (* example test/Codegen/expand-math.mlir#exp_f32 *)
  }];
  let dependentDialects = ["arith::ArithDialect", "math::MathDialect", "vector::VectorDialect"];
  let options = [
    Option<"hasFMA", "has-fma", "bool", /*default=*/"true", "Whether the level has fused multiply-add">,
    Option<"hasF16C", "has-f16c", "bool", /*default=*/"true", "Whether the level converts between f16 and f32">];
}

def WeftFuseLinalgPass : Pass<"weft-fuse-linalg", "kernel::FuncOp"> {
  let summary = "Fuse elementwise linalg operations of a kernel";
  let description = [{
    What:           generalises named linalg ops, decomposes softmax, resolves sizes to index arguments, and fuses an
                    elementwise producer into its consumer when nothing is computed twice, or when the producer is cheap.
                    Fills fold into their readers, reshapes between elementwise ops vanish. The elementwise consumer of a
                    contraction becomes part of its epilogue.
    Before this:    a kernel on tensors.
    After this:     `tensor.dim` of arguments is gone; linalg ops are `linalg.generic` or `linalg.fill`.
    Does not:       fuse a producer with exp, division or a gather into several consumers, or into one that would evaluate
                    it more often: weft-tile-and-fuse keeps such values in a tile.
    Cost:           a cheap producer is computed once per consumer.
    (* example test/Codegen/fuse-linalg.mlir#chain_static_f32 *)
  }];
  let dependentDialects = ["affine::AffineDialect", "arith::ArithDialect", "linalg::LinalgDialect",
                           "tensor::TensorDialect"];
}

def WeftKernelToLLVMPass : Pass<"weft-kernel-to-llvm", "ModuleOp"> {
  let summary = "Lower kernels to functions of the kernel ABI";
  let description = [{
    What:           `kernel.func @k` becomes `llvm.func @k(ptr args, ptr scalars, i64 begin, i64 end, ptr worker)` and
                    `@k_count(ptr scalars) -> i64`. The single top-level `scf.forall` is the range: iteration i of it is
                    point i, row-major, of the forall's space. `@k` loads the base pointers and calls `@k.body`, whose
                    pointers are noalias and aligned; there the conversions to LLVM happen, kernels in parallel.
    Before this:    kernels on memrefs with identity layout and one forall at most, at the top: weft-promote-buffers,
                    weft-lower-linalg and weft-expand-math done.
    After this:     no kernel.func is left; the module's other functions are untouched.
    Does not:       choose what runs in parallel: a kernel without forall gets count 1.
    Cost:           one call of `@k.body` per range that the runtime hands out.
    Source:         runtime/include/weft_abi.h.
    (* example test/Codegen/kernel-to-llvm.mlir#copy_static_f32 *)
  }];
  let dependentDialects = ["affine::AffineDialect", "arith::ArithDialect", "cf::ControlFlowDialect",
                           "LLVM::LLVMDialect", "memref::MemRefDialect", "scf::SCFDialect"];
}

def WeftLowerLinalgPass : Pass<"weft-lower-linalg", "kernel::FuncOp"> {
  let summary = "Lower linalg operations on memory to loops that vectorise";
  let description = [{
    What:           each linalg op becomes an `scf.for` nest: neighbouring dims that are contiguous in all operands are one
                    loop, parallel dims are outside, the dim with unit strides is innermost. A reduction that is innermost
                    keeps its sums in registers; its float additions and multiplications may be reassociated
                    unless `plain-order` is set. With `ignore-nan`, an extremum of numbers with a NaN among them is any number.
                    A copy between memory that is contiguous along different dims goes by blocks that are transposed in registers.
                    Small windows that move along contiguous memory are written out and computed by vectors.
                    A forall that cannot be the kernel's range, because it is not at the top, not the only one there, or
                    code around it writes memory that outlives it, becomes loops.
    Before this:    linalg and `memref.copy` on memrefs.
    After this:     none of them is left, and one forall at most, at the top.
    Does not:       reassociate minima and maxima (they keep NaN), or anything but the combining operation of a reduction.
    Cost:           none.
    (* example test/Codegen/lower-linalg.mlir#sum_rows_f32 *)
  }];
  let dependentDialects = ["affine::AffineDialect", "arith::ArithDialect", "memref::MemRefDialect", "scf::SCFDialect", "vector::VectorDialect"];
  let options = [
    Option<"plainOrder", "plain-order", "bool", /*default=*/"false",
           "Whether reductions keep the order of their loops (--math=strict)">,
    Option<"ignoreNaN", "ignore-nan", "bool", /*default=*/"false",
           "Whether minima and maxima need not propagate NaN (--math=fast)">,
    Option<"vectorBytes", "vector-bytes", "int64_t", /*default=*/"16",
           "Bytes of a vector of the level, where an op has no schedule that says more">];
}

def WeftPromoteBuffersPass : Pass<"weft-promote-buffers", "kernel::FuncOp"> {
  let summary = "Place a kernel's temporary memory on the stack or in worker scratch";
  let description = [{
    What:           moves every `memref.alloc` to the start of the kernel, bounding its size by values known there. What is
                    bounded by a constant and fits becomes `memref.alloca`; the rest becomes one `memref.alloc` of bytes,
                    which later is a call of the ABI's `scratch`.
    Before this:    weft-bufferize-kernels.
    After this:     no allocation is inside a loop, none is freed.
    Does not:       share memory between buffers whose lives do not overlap.
    Cost:           at most `max-stack-bytes` of stack.
    (* example test/Codegen/promote-buffers.mlir#small_static *)
  }];
  let dependentDialects = ["affine::AffineDialect", "arith::ArithDialect", "memref::MemRefDialect"];
  let options = [
    Option<"maxStackBytes", "max-stack-bytes", "int64_t", /*default=*/"65536",
           "Stack that all buffers of a kernel may take together, in bytes; threads have megabytes">];
}

def WeftRelaxMathPass : Pass<"weft-relax-math", "kernel::FuncOp"> {
  let summary = "Let float arithmetic be reassociated and extrema lose NaN";
  let description = [{
    What:           gives every float sum, difference and product the flags reassoc, contract and nsz, and replaces `arith.maximumf`
                    and `arith.minimumf` by a comparison and a select: one instruction, whose result is the second
                    operand when one is NaN.
    Before this:    weft-lower-linalg, which deals with the extrema of reductions.
    After this:     LLVM may reassociate, and fuse multiplications with additions.
    Does not:       touch quotients: quantisation would pick another step; nor math functions, whose expansions rely on every
                    rounding and come later; nor extrema that are
                    known to see no NaN, which are one instruction already.
    Cost:           none.
    Source:         --math=fast.
    (* example test/Codegen/relax-math.mlir#relu_f32 *)
  }];
  let dependentDialects = ["arith::ArithDialect"];
}

def WeftTileAndFusePass : Pass<"weft-tile-and-fuse", "kernel::FuncOp"> {
  let summary = "Tile a kernel's results and compute producers inside the tile";
  let description = [{
    What:           splits the outer parallel dims of the ops whose results the kernel returns into tiles under one top-level
                    `scf.forall`, and computes all producers tile by tile inside it. Several results share one forall when
                    their tiles are the same. A returned chain of slices put side by side is split along the dims that all
                    of them have whole.
    Before this:    weft-fuse-linalg; `#sched.cpu` on the root op when Strategy decided.
    After this:     the kernel has one top-level forall, or none and stays sequential; a remark says why.
    Does not:       tile a dim along which an expensive producer would be computed again, or kernels with kernel ops, loops
                    or slices that producers feed: those stay as they are.
    Cost:           cheap producers are recomputed per tile.
    (* example test/Codegen/tile-and-fuse.mlir#softmax_rows_f32 *)
  }];
  let dependentDialects = ["affine::AffineDialect", "arith::ArithDialect", "linalg::LinalgDialect", "scf::SCFDialect",
                           "tensor::TensorDialect"];
  let options = [
    Option<"chunkPoints", "chunk-points", "int64_t", /*default=*/"16384",
           "Iterations that one range should have, a few microseconds of work">,
    Option<"rowPoints", "row-points", "int64_t", /*default=*/"4096",
           "The same for kernels with temporary rows, which then stay in L1">,
    Option<"remarks", "remarks", "bool", /*default=*/"false", "Whether to say why a kernel stays sequential">];
}

#endif // WEFT_CODEGEN_PASSES_TD
