// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The gates at the ends of the phases, alphabetical: passes that only check.
#ifndef WEFT_DRIVER_PASSES_TD
#define WEFT_DRIVER_PASSES_TD

include "mlir/Pass/PassBase.td"

def VerifyGraphPass : Pass<"verify-graph", "::mlir::func::FuncOp"> {
  let summary = "Check that every tensor op is in a kernel and that all dims have names";
  let description = [{
    What:           reports ops outside of `weft.kernel` that the host program does not execute itself, kernels and control flow in a kernel,
                    ops other than of weft, arith and func and `cf.assert`, and what `verify-shapes` reports.
    Before this:    `weft-fuse-kernels` has run. This is the gate of phase graph.
    After this:     `weft-outline-kernels` finds kernels to outline and ops that it turns into host code, nothing else.
    Does not:       look at what a kernel computes: its ops have verifiers, and conversion reports what it cannot lower.
    Cost:           two walks; the IR stays as it is.
    (* example test/Driver/verify-graph-invalid.mlir#add_outside *)
  }];
}

def VerifyLLVMPass : Pass<"verify-llvm", "::mlir::ModuleOp"> {
  let summary = "Check that a module is all of the LLVM dialect";
  let description = [{
    What:           reports every op of another dialect.
    Before this:    `weft-kernel-to-llvm`. This is the gate of phase llvm.
    After this:     the module can be translated to LLVM IR.
    Does not:       check what LLVM's own verifier checks.
    Cost:           one walk; the IR stays as it is.
    (* example test/Driver/verify-llvm-invalid.mlir#arith_left *)
  }];
}

def VerifyLoopsPass : Pass<"verify-loops", "::mlir::kernel::FuncOp"> {
  let summary = "Check that a kernel has one parallel range and memory in whole bytes";
  let description = [{
    What:           reports a second `scf.forall`, one that is not at the top of the kernel, `scf.parallel`, memory whose
                    elements are no whole bytes, and vectors read from or written to memory of bools.
    Before this:    `weft-lower-linalg`, which leaves the range. With `verify-no-tensors` and `verify-vector-width` this is the gate of phase loops.
    After this:     each element has an address: LLVM stores an `i4` in a byte when it is alone, and two of them in one
                    byte when they are in a vector.
    Does not:       refuse bools outside of vectors: `weft-kernel-to-llvm` makes them bytes.
    Cost:           one walk; the IR stays as it is.
    (* example test/Driver/verify-loops-invalid.mlir#packed_memory *)
  }];
}

def VerifyNoTensorsPass : Pass<"verify-no-tensors", "::mlir::kernel::FuncOp"> {
  let summary = "Check that a kernel works on memory only";
  let description = [{
    What:           reports values that are tensors, and tensor, linalg, bufferization and kernel ops and `memref.copy`.
    Before this:    `weft-bufferize-kernels`, `weft-expand-kernel-ops` and `weft-lower-linalg`.
    After this:     scf, memref, vector, arith, math and affine ops are all there is to lower.
    Does not:       look at attributes: tables are constants of tensor type until they are globals.
    Cost:           one walk; the IR stays as it is.
    (* example test/Driver/verify-no-tensors-invalid.mlir#tensor_argument *)
  }];
}

def VerifySchedulePass : Pass<"verify-schedule", "::mlir::kernel::FuncOp"> {
  let summary = "Check that every contraction has a schedule that can be obeyed";
  let description = [{
    What:           reports contractions without `sched.cpu`, with the micro-kernel of another op, or with depths that their
                    types do not allow; `sched.cpu` on linalg ops that is not of loops, or on other ops; and numbers of
                    parallel tile sizes that are not those of the op's loops. `sched.winograd` must be gone.
    Before this:    `sched-select-cpu`. This is the gate of phase scheduled.
    After this:     code generation finds every decision made that it needs.
    Does not:       ask for schedules of linalg ops: tiling has sizes of its own for those without.
    Cost:           one walk; the IR stays as it is.
    Source:         docs/adr/0003-decision-apart-from-mechanism.md.
    (* example test/Driver/verify-schedule-invalid.mlir#no_schedule *)
  }];
}

def VerifyStructuredPass : Pass<"verify-structured", "::mlir::ModuleOp"> {
  let summary = "Check that the host program launches and that kernels are structured";
  let description = [{
    What:           reports ops of `func.func` for which the host program has no code, ops of `kernel.func` other than linalg,
                    tensor, affine, arith, complex, math, scf and contractions, types of weft, and anything else in the module.
    Before this:    `weft-outline-kernels` and `convert-weft-to-linalg`. This is the gate of phase structured.
    After this:     Strategy and code generation see no op that they do not know.
    Does not:       check a launch against its kernel: that is the verifier of `kernel.launch`.
    Cost:           one walk; the IR stays as it is.
    (* example test/Driver/verify-structured-invalid.mlir#weft_op *)
  }];
}

def VerifyVectorWidthPass : Pass<"verify-vector-width", "::mlir::kernel::FuncOp"> {
  let summary = "Check that vectors fit the registers of the level";
  let description = [{
    What:           reports values whose innermost vector dim is wider than `max-bits`. Elements of more than 32 bits count as
                    32: schedules count lanes of f32, and such vectors take several registers on purpose.
    Before this:    `weft-expand-kernel-ops`: it is what writes vectors.
    After this:     LLVM splits no vector that the register tile was not made for.
    Does not:       count masks: they have registers of their own, or the width of what they mask.
    Cost:           one walk; the IR stays as it is.
    (* example test/Driver/verify-vector-width-invalid.mlir#too_wide *)
  }];
  let options = [
    Option<"maxBits", "max-bits", "int64_t", /*default=*/"512", "Width of the level's vector registers in bits">];
}

#endif // WEFT_DRIVER_PASSES_TD
