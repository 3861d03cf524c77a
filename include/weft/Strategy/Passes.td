// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes that decide how kernels are generated.
#ifndef WEFT_STRATEGY_PASSES_TD
#define WEFT_STRATEGY_PASSES_TD

include "mlir/Pass/PassBase.td"

def SchedSelectCpuPass : Pass<"sched-select-cpu", "kernel::FuncOp"> {
  let summary = "Choose how the operations of a kernel are generated for a CPU level";
  let description = [{
    What:           writes `sched.cpu` on each contraction: micro-kernel, register tile, vector width and parallel tiles, by
                    a model of the cycles that each candidate takes on the level's registers and ports; and on each
                    structured op that the kernel returns: the parallel tiles, so that tasks are neither tiny nor few.
    Before this:    kernels on tensors; structured ops fused, so that those the kernel returns stay.
    After this:     every contraction has a schedule; code generation obeys it.
    Does not:       change an op, or a schedule that is there already: what a person wrote stays. Does not split an op over
                    threads that is not alone in its kernel, or stands in a loop.
    Cost:           none in the IR but attributes.
    Source:         a cycle model over the registers and ports of the level table lib/Strategy/CPUTargets.inc, which names its sources.
    (* example test/Strategy/sched-select-cpu.mlir#square_f32 *)
  }];
  let dependentDialects = ["sched::SchedDialect"];
  let options = [
    Option<"level", "level", "std::string", /*default=*/"\"x86-64-v3\"",
           "Instruction-set level: a row of CPUTargets.inc, or native for this machine">,
    Option<"plainOrder", "plain-order", "bool", /*default=*/"false",
           "Whether schedules keep the order of sums and round after each operation (--math=strict)">,
    Option<"explain", "explain", "bool", /*default=*/"false", "Report each choice and its reason as a remark">];
}

#endif // WEFT_STRATEGY_PASSES_TD
