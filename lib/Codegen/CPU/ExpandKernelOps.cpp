// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Replaces contractions by micro-kernels of vector code.
#include "dialects/Sched/IR/SchedDialect.h"
#include "weft/Codegen/CPU/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/TypeSwitch.h"

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

// Whether the op is on memory that vectors can be read from, and says how it is to be expanded.
static LogicalResult checkExpandable(Operation *op) {
  sched::CPUAttr sched = sched::CPUAttr::of(op);
  if (!sched)
    return op->emitOpError() << "expected a schedule in " << sched::CPUAttr::getAttrName()
                             << ", but got none [expand-kernel-ops-C1]";
  if (!isKernelFor(sched.getKernel(), op))
    return op->emitOpError() << "expected a micro-kernel that computes it, but got "
                             << sched::stringifyCPUKernel(sched.getKernel()) << " [expand-kernel-ops-C1]";
  Type element = cast<ShapedType>(cast<kernel::EpilogueOpInterface>(op).getInit().getType()).getElementType();
  if (sched.getDepth() > 0 && !element.isF32())
    return op->emitOpError() << "expected an output of f32, where sums can wait, for a depth of "
                             << sched.getDepth() << ", but got " << element << " [expand-kernel-ops-C7]";
  if (sched.getDepth() > 0 && kernel::isByteProduct(op))
    return op->emitOpError() << "expected bytes to be summed all at once, but got a depth of "
                             << sched.getDepth() << " [expand-kernel-ops-C7]";
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
