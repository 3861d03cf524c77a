// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes of code generation for CPUs.
#ifndef WEFT_CODEGEN_CPU_PASSES_TD
#define WEFT_CODEGEN_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def WeftExpandKernelOpsPass : Pass<"weft-expand-kernel-ops", "kernel::FuncOp"> {
  let summary = "Replace contractions by micro-kernels of vector code";
  let description = [{
    What:           `kernel.contract`, `kernel.conv`, `kernel.depthwise` and `kernel.winograd` on memrefs become loops around register tiles:
                    every accumulator of a tile is one `vector` value carried by the innermost loop, the epilogue works on
                    the accumulators before they are stored. The parallel level of the schedule becomes one `scf.forall`.
    Before this:    weft-bufferize-kernels; `sched.cpu` on each of these ops (Strategy); filters packed.
    After this:     none of them is left; the kernel's functions will have the LLVM attribute `weft-micro-kernel`
                    (`passthrough`), because their innermost loops are tiled for the registers already and must not be
                    unrolled or vectorised again.
    Does not:       copy an input to pad it: windows are clipped, remainders are tiles of their own. Only with `dot = tdpbusd`
                    tasks copy the lines that they need, with what is around them. Does not split an op inside a loop
                    over threads.
    Cost:           code of one register tile, plus one per remainder and, in a convolution, per kind of border.
    Source:         docs/adr/0005-own-micro-kernels.md, docs/adr/0020-tiles.md.
    (* example test/Codegen/CPU/expand-kernel-ops.mlir#contract_static_f32 *)
  }];
  let dependentDialects = ["arith::ArithDialect", "LLVM::LLVMDialect", "memref::MemRefDialect", "scf::SCFDialect",
                           "vector::VectorDialect"];
  let options = [
    Option<"plainOrder", "plain-order", "bool", /*default=*/"false",
           "Whether each output is one chain of sums over the whole depth, also in remainders (--math=strict)">];
}

def WeftFormWinogradPass : Pass<"weft-form-winograd", "ModuleOp"> {
  let summary = "Turn convolutions chosen for it into Winograd's algorithm";
  let description = [{
    What:           a `kernel.conv` with `sched.winograd` = m becomes a `kernel.winograd` with output tiles of m x m; the
                    host transforms the packed filter that it passes (`kernel.pack` with `#kernel.winograd`).
    Before this:    kernels with packed filters, each launched by the host; `sched.winograd` on convolutions that the
                    algorithm can compute (Strategy).
    After this:     no `sched.winograd` is left.
    Does not:       touch a convolution whose filter is no argument of the kernel, or one that something else reads too:
                    it stays direct.
    Cost:           filters take 16 / 9 (m = 2) or 4 (m = 4) times the memory.
    Source:         Lavin and Gray, "Fast algorithms for convolutional neural networks", 2015.
    (* example test/Codegen/CPU/form-winograd.mlir#tile4_f32 *)
  }];
  let dependentDialects = ["kernel::KernelDialect"];
  let statistics = [Statistic<"numFormed", "num-formed", "Number of convolutions turned">];
}

#endif // WEFT_CODEGEN_CPU_PASSES_TD
