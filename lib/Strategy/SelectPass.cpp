// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks kernels and writes the schedules that the selection functions choose.
#include "weft/Strategy/Passes.h"
#include "weft/Strategy/Select.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

namespace weft {
#define GEN_PASS_DEF_SCHEDSELECTCPUPASS
#include "weft/Strategy/Passes.h.inc"
} // namespace weft

using namespace mlir;
using namespace weft;

// Whether an op only names, shapes or measures what others compute.
static bool isFree(Operation *op) {
  if (op->hasTrait<OpTrait::ConstantLike>() || op->hasTrait<OpTrait::IsTerminator>() ||
      isa<tensor::EmptyOp, tensor::DimOp, tensor::CastOp, tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op))
    return true;
  return op->getNumResults() > 0 && isa<IndexType, IntegerType>(op->getResult(0).getType());
}

// Whether `op` is all that its kernel computes.
static bool isAlone(Operation *op, kernel::FuncOp func) {
  return op->getParentOp() == func && llvm::all_of(func.getBody().front(), [&](Operation &other) {
           return &other == op || isFree(&other);
         });
}

// Whether the kernel returns a result of `op`, possibly reshaped.
static bool isReturned(Operation *op) {
  for (Operation *user : op->getUsers())
    if (isa<kernel::ReturnOp>(user) ||
        (isa<tensor::CastOp, tensor::CollapseShapeOp, tensor::ExpandShapeOp>(user) && isReturned(user)))
      return true;
  return false;
}

// The choice for `op`; none for ops that need no schedule.
static std::optional<Choice> select(Operation *op, kernel::FuncOp func, const CPUTarget &target) {
  bool alone = isAlone(op, func);
  return TypeSwitch<Operation *, std::optional<Choice>>(op)
      .Case([&](kernel::ContractOp op) { return selectContract(op, target, alone); })
      .Case([&](kernel::ConvOp op) { return selectConv(op, target, alone); })
      .Case([&](kernel::DepthwiseOp op) { return selectDepthwise(op, target, alone); })
      .Case([&](kernel::WinogradOp op) { return selectWinograd(op, target, alone); })
      .Case([&](linalg::LinalgOp op) -> std::optional<Choice> {
        // With producers that fuse into it, or sizes known only at run time, code generation cuts the tiles
        // itself.
        if (!alone || !isReturned(op) || llvm::any_of(op.getStaticLoopRanges(), ShapedType::isDynamic))
          return std::nullopt;
        return selectLoops(op, target, /*isSplit=*/true);
      })
      .Default([](Operation *) { return std::nullopt; });
}

// The same schedule without what changes results: several sums per output, fused multiply-adds.
static sched::CPUAttr keepOrder(sched::CPUAttr sched) {
  return sched::CPUAttr::get(sched.getContext(), sched.getKernel(), sched.getParallel(), sched.getVector(),
                             sched.getRegisters(), sched.getDepth(), /*unroll=*/1, /*fma=*/false,
                             sched.getDot());
}

namespace {

struct SchedSelectCpu : weft::impl::SchedSelectCpuPassBase<SchedSelectCpu> {
  using SchedSelectCpuPassBase::SchedSelectCpuPassBase;

  void runOnOperation() override {
    kernel::FuncOp func = getOperation();
    std::optional<CPUTarget> target = lookupCPUTarget(level);
    if (!target) {
      func.emitOpError() << "expected level to be a row of CPUTargets.inc or native, but got '" << level
                         << "' [sched-select-cpu-C1]";
      return signalPassFailure();
    }
    if (!tiles)
      target = getTargetWithoutTiles(*target);
    func.walk([&](Operation *op) {
      if (op == func || sched::CPUAttr::of(op))
        return;
      std::optional<Choice> choice = select(op, func, *target);
      if (!choice)
        return;
      op->setAttr(sched::CPUAttr::getAttrName(), plainOrder ? keepOrder(choice->sched) : choice->sched);
      if (explain)
        op->emitRemark() << choice->reason << " (" << target->name << ")";
    });
  }
};

} // namespace
