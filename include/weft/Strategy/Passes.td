// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes that decide how kernels are generated.
#ifndef WEFT_STRATEGY_PASSES_TD
#define WEFT_STRATEGY_PASSES_TD

include "mlir/Pass/PassBase.td"

def SchedChooseWinogradPass : Pass<"sched-choose-winograd", "kernel::FuncOp"> {
  let summary = "Choose the convolutions that Winograd's algorithm computes";
  let description = [{
    What:           writes `sched.winograd`, the size of output tiles (4 or 2), on each `kernel.conv` of 3x3 taps, strides
                    and dilations of 1 and one group that is alone in its kernel, where a model of the cycles of
                    transforms, products and reading filters expects a gain over the direct form.
    Before this:    kernels on tensors, filters packed.
    After this:     weft-form-winograd turns the chosen ones. All levels share the transformed filters, so the choice is
                    made once, for a level in the middle.
    Does not:       choose under `max-tile` 0, nor for spatial sizes that are unknown: tiles are laid out at compile time.
    Cost:           rounding: the rms error of tiles of 4 is about 5 times that of a chain of fused multiply-adds, that of
                    tiles of 2 about the same (asserted by test/Unit/winograd_test.cpp).
    Source:         the level table CPUTargets.inc.
    (* example test/Strategy/sched-choose-winograd.mlir#wide_f32 *)
  }];
  let dependentDialects = ["sched::SchedDialect"];
  let options = [
    Option<"maxTile", "max-tile", "int64_t", /*default=*/"4",
           "Largest output tile in pixels: 4, 2 for the accuracy of fused multiply-add, 0 for none">,
    Option<"level", "level", "std::string", /*default=*/"\"x86-64-v3\"",
           "Instruction-set level whose cycles are estimated: a row of CPUTargets.inc, or native">];
}

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
    Option<"tiles", "tiles", "bool", /*default=*/"true",
           "Whether schedules may name tile instructions where the level has them">,
    Option<"explain", "explain", "bool", /*default=*/"false", "Report each choice and its reason as a remark">];
}

#endif // WEFT_STRATEGY_PASSES_TD
