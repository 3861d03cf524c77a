// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Replaces contractions by micro-kernels of vector code.
#include "dialects/Sched/IR/SchedDialect.h"
#include "weft/Codegen/CPU/CheckSchedule.h"
#include "weft/Codegen/CPU/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/FormatVariadic.h"

namespace weft {
#define GEN_PASS_DEF_WEFTEXPANDKERNELOPSPASS
#include "weft/Codegen/CPU/Passes.h.inc"
} // namespace weft

using namespace mlir;
using namespace weft;

// Whether a micro-kernel of this kind computes `op`.
static bool isKernelFor(sched::CPUKernel kind, Operation *op) {
  if (isa<kernel::ContractOp>(op))
    return kind == sched::CPUKernel::gemm || kind == sched::CPUKernel::gemv;
  if (isa<kernel::WinogradOp>(op))
    return kind == sched::CPUKernel::winograd;
  return kind == (isa<kernel::ConvOp>(op) ? sched::CPUKernel::conv : sched::CPUKernel::depthwise);
}

std::string weft::findScheduleFault(kernel::EpilogueOpInterface op) {
  sched::CPUAttr sched = sched::CPUAttr::of(op);
  if (!sched)
    return llvm::formatv("expected a schedule in {0}, but got none [expand-kernel-ops-C1]",
                         sched::CPUAttr::getAttrName());
  if (!isKernelFor(sched.getKernel(), op))
    return llvm::formatv("expected a micro-kernel that computes it, but got {0} [expand-kernel-ops-C1]",
                         sched::stringifyCPUKernel(sched.getKernel()));
  Type element = cast<ShapedType>(op.getInit().getType()).getElementType();
  if (sched.getDepth() > 0 && !element.isF32())
    return llvm::formatv("expected an output of f32, where sums can wait, for a depth of {0}, but got '{1}' "
                         "[expand-kernel-ops-C7]",
                         sched.getDepth(), element);
  if (sched.getDepth() > 0 && kernel::isByteProduct(op))
    return llvm::formatv(
        "expected bytes to be summed all at once, but got a depth of {0} [expand-kernel-ops-C7]",
        sched.getDepth());
  return {};
}

// Whether the op is on memory that vectors can be read from, and says how it is to be expanded.
static LogicalResult checkExpandable(Operation *op) {
  std::string fault = findScheduleFault(cast<kernel::EpilogueOpInterface>(op));
  if (!fault.empty())
    return op->emitOpError() << fault;
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    bool isExtra = operand.getOperandNumber() >= 2 && operand.getOperandNumber() + 1 < op->getNumOperands();
    if (!type || (!isExtra && !type.isLastDimUnitStride()))
      return op->emitOpError() << "expected operand " << operand.getOperandNumber()
                               << " to be a memref with unit stride in its last dim, but got "
                               << operand.get().getType() << " [expand-kernel-ops-C5]";
  }
  return success();
}

static LogicalResult expand(RewriterBase &rewriter, Operation *op, bool isPlainOrder) {
  if (failed(checkExpandable(op)))
    return failure();
  LogicalResult result =
      TypeSwitch<Operation *, LogicalResult>(op)
          .Case([&](kernel::ContractOp op) { return expandContract(rewriter, op, isPlainOrder); })
          .Case([&](kernel::ConvOp op) { return expandConv(rewriter, op); })
          .Case([&](kernel::DepthwiseOp op) { return expandDepthwise(rewriter, op); })
          .Case([&](kernel::WinogradOp op) { return expandWinograd(rewriter, op); });
  if (succeeded(result))
    rewriter.eraseOp(op);
  return result;
}

namespace {

struct ExpandKernelOps : weft::impl::WeftExpandKernelOpsPassBase<ExpandKernelOps> {
  using WeftExpandKernelOpsPassBase::WeftExpandKernelOpsPassBase;

  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](kernel::EpilogueOpInterface op) { ops.push_back(op); });
    IRRewriter rewriter(&getContext());
    for (Operation *op : ops)
      if (failed(expand(rewriter, op, plainOrder)))
        return signalPassFailure();
    // Loops of other ops beside them, the gates of a recurrent cell, need the vectoriser.
    bool hasLoops =
        getOperation()->walk([](linalg::LinalgOp) { return WalkResult::interrupt(); }).wasInterrupted();
    if (!ops.empty() && !hasLoops)
      getOperation()->setAttr("passthrough", rewriter.getStrArrayAttr(kMicroKernelAttrName));
  }
};

} // namespace
