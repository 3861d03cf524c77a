// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes of code generation for CPUs.
#ifndef WEFT_CODEGEN_CPU_PASSES_TD
#define WEFT_CODEGEN_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def WeftExpandKernelOpsPass : Pass<"weft-expand-kernel-ops", "kernel::FuncOp"> {
  let summary = "Replace contractions by micro-kernels of vector code";
  let description = [{
    What:           `kernel.contract`, `kernel.conv` and `kernel.depthwise` on memrefs become loops around register tiles:
                    every accumulator of a tile is one `vector` value carried by the innermost loop, the epilogue works on
                    the accumulators before they are stored. The parallel level of the schedule becomes one `scf.forall`.
    Before this:    weft-bufferize-kernels; `sched.cpu` on each of these ops (Strategy); filters packed.
    After this:     none of them is left; the kernel's functions will have the LLVM attribute `weft-micro-kernel`
                    (`passthrough`), because their innermost loops are tiled for the registers already and must not be
                    unrolled or vectorised again.
    Does not:       copy an input to pad it: windows are clipped, remainders are tiles of their own. Does not split an op
                    inside a loop over threads.
    Cost:           code of one register tile, plus one per remainder and, in a convolution, per kind of border.
    Source:         docs/adr/0005-own-micro-kernels.md.
    (* example test/Codegen/CPU/expand-kernel-ops.mlir#contract_static_f32 *)
  }];
  let dependentDialects = ["arith::ArithDialect", "LLVM::LLVMDialect", "memref::MemRefDialect", "scf::SCFDialect",
                           "vector::VectorDialect"];
  let options = [
    Option<"plainOrder", "plain-order", "bool", /*default=*/"false",
           "Whether each output is one chain of sums over the whole depth, also in remainders (--math=strict)">];
}

#endif // WEFT_CODEGEN_CPU_PASSES_TD
