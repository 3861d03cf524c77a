// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the loops of a kernel's result that may be tiled without computing an expensive producer twice.
#include "weft/Codegen/FuseLinalg.h"
#include "weft/Codegen/Passes.h"
#include "weft/Codegen/TileAndFuse.h"

using namespace mlir;

namespace {

/// For each loop of an op: the root's loop that moves it in step, or -1.
using LoopMap = SmallVector<int64_t>;

class RootAnalyser {
public:
  RootAnalyser(linalg::LinalgOp root, ArrayRef<Operation *> mustCover) : root(root), mustCover(mustCover) {}

  weft::RootAnalysis run() {
    LoopMap identity;
    SmallVector<utils::IteratorType> kinds = root.getIteratorTypesArray();
    for (unsigned i = 0; i < kinds.size(); ++i) {
      identity.push_back(kinds[i] == utils::IteratorType::parallel ? i : -1);
      allowed.push_back(kinds[i] == utils::IteratorType::parallel);
    }
    visit(root, identity);
    for (unsigned i = 0; i < allowed.size(); ++i)
      if (allowed[i])
        result.dims.push_back(i);
    return result;
  }

private:
  /// Whether `value` is there before the kernel computes anything, or needs no computing.
  static bool isSource(Value value) {
    while (Operation *op = value.getDefiningOp()) {
      if (isa<tensor::EmptyOp>(op) || op->hasTrait<OpTrait::ConstantLike>())
        return true;
      if (!isa<tensor::CastOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::ExtractSliceOp>(op))
        return false;
      value = op->getOperand(0);
    }
    return true;
  }

  void visit(linalg::LinalgOp op, const LoopMap &loops) {
    if (!result.obstacle.empty())
      return;
    visitCapturedValues(op);
    for (OpOperand &operand : op->getOpOperands()) {
      if (!isa<RankedTensorType>(operand.get().getType()) || isSource(operand.get()))
        continue;
      auto producer = operand.get().getDefiningOp<linalg::LinalgOp>();
      if (!producer) {
        result.obstacle = ("'" + operand.get().getDefiningOp()->getName().getStringRef() +
                           "' feeds an operation that would be tiled")
                              .str();
        return;
      }
      visitProducer(op, loops, operand, producer);
    }
  }

  /// Tensors that the body reads at computed places have to be complete before the first tile.
  void visitCapturedValues(linalg::LinalgOp op) {
    op->walk([&](Operation *nested) {
      if (nested == op.getOperation())
        return;
      for (Value value : nested->getOperands())
        if (isa<RankedTensorType>(value.getType()) &&
            !op->isAncestor(value.getParentRegion()->getParentOp()) && !isSource(value))
          result.obstacle = "a body reads a computed tensor at places that it computes";
    });
  }

  void visitProducer(linalg::LinalgOp op, const LoopMap &loops, OpOperand &operand,
                     linalg::LinalgOp producer) {
    AffineMap readMap = op.getMatchingIndexingMap(&operand);
    AffineMap writeMap = producer.getIndexingMapMatchingResult(cast<OpResult>(operand.get()));
    LoopMap inner(producer.getNumLoops(), -1);
    for (auto [read, write] : llvm::zip_equal(readMap.getResults(), writeMap.getResults())) {
      auto from = dyn_cast<AffineDimExpr>(read);
      auto to = dyn_cast<AffineDimExpr>(write);
      if (from && to)
        inner[to.getPosition()] = loops[from.getPosition()];
    }
    bool isExpensive = !isa<linalg::FillOp>(producer) && !weft::isCheapToRecompute(producer);
    if (!isa<linalg::FillOp>(producer))
      result.hasTemporaries = true;
    if (isExpensive || llvm::is_contained(mustCover, producer.getOperation()))
      for (unsigned i = 0; i < allowed.size(); ++i)
        if (allowed[i] && !llvm::is_contained(inner, static_cast<int64_t>(i)))
          allowed[i] = false;
    visit(producer, inner);
  }

  linalg::LinalgOp root;
  ArrayRef<Operation *> mustCover;
  SmallVector<bool> allowed;
  weft::RootAnalysis result;
};

} // namespace

weft::RootAnalysis weft::analyseRoot(linalg::LinalgOp root, ArrayRef<Operation *> mustCover) {
  return RootAnalyser(root, mustCover).run();
}
