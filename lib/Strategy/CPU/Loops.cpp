// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Chooses how structured ops are split over threads.
#include "CostModel.h"
#include "weft/Strategy/Select.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace weft;

// Cycles per vector of one elementary op, of a division or root, and of a function that is a polynomial.
static constexpr double kPlainCycles = 0.5;
static constexpr double kDivisionCycles = 8;
static constexpr double kFunctionCycles = 12;
// Bytes per cycle that one core moves between memory and registers.
static constexpr double kBytesPerCycle = 6;
// Size of a dim that is unknown.
static constexpr int64_t kLikelySize = 64;

// Cycles of one point of the op's loops.
static double pointCycles(linalg::LinalgOp op, const CPUTarget &target) {
  double perVector = 0;
  for (Operation &inner : op.getBlock()->without_terminator()) {
    if (isa<arith::DivFOp, arith::RemFOp, arith::DivSIOp, arith::DivUIOp, math::SqrtOp, math::RsqrtOp>(inner))
      perVector += kDivisionCycles;
    else if (isa<math::MathDialect>(inner.getDialect()) &&
             !isa<math::AbsFOp, math::AbsIOp, math::FmaOp>(inner))
      perVector += kFunctionCycles;
    else
      perVector += kPlainCycles;
  }
  double bytes = 0;
  for (OpOperand &operand : op->getOpOperands())
    if (auto type = dyn_cast<ShapedType>(operand.get().getType());
        type && type.getElementType().isIntOrFloat())
      bytes += llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  return std::max(perVector / target.lanes, bytes / kBytesPerCycle);
}

// Whether neighbouring iterations of a loop read or write neighbouring elements of an operand.
static bool isContiguousLoop(linalg::LinalgOp op, unsigned loop) {
  return llvm::any_of(op.getIndexingMapsArray(), [&](AffineMap map) {
    return map.getNumResults() > 0 && map.getResults().back() == getAffineDimExpr(loop, op.getContext());
  });
}

Choice weft::selectLoops(linalg::LinalgOp op, const CPUTarget &target, bool isSplit) {
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  SmallVector<utils::IteratorType> kinds = op.getIteratorTypesArray();
  double cycles = pointCycles(op, target);
  for (int64_t size : sizes)
    cycles *= sizeOr(size, kLikelySize);
  bool isStatic = llvm::none_of(sizes, ShapedType::isDynamic);
  int64_t tasks = isStatic || cycles > 0 ? chooseTaskCount(cycles) : 1;
  SmallVector<int64_t> parallel;
  if (isSplit && tasks > 1) {
    // From the outermost loop inwards, until there are as many tasks as wanted.
    parallel.assign(sizes.size(), 0);
    int64_t left = tasks;
    for (auto [i, size] : llvm::enumerate(sizes)) {
      int64_t known = sizeOr(size, kLikelySize);
      if (left <= 1 || known <= 1 || kinds[i] != utils::IteratorType::parallel)
        continue;
      // Loops along which memory is contiguous keep whole cache lines together.
      int64_t unit = i + 1 == sizes.size() || isContiguousLoop(op, i) ? 16 : 1;
      int64_t tile = cutEvenly(known, left, unit);
      if (tile >= known)
        continue;
      parallel[i] = tile;
      left /= llvm::divideCeil(known, parallel[i]);
    }
  }
  auto sched = sched::CPUAttr::get(op.getContext(), sched::CPUKernel::loops, parallel, target.lanes, {}, 0, 1,
                                   target.hasFMA, sched::CPUDot::none);
  return {sched, llvm::formatv("about {0}: {1}", countOf(static_cast<int64_t>(cycles), "cycle"),
                               countOf(parallel.empty() ? 1 : tasks, "task"))
                     .str()};
}
