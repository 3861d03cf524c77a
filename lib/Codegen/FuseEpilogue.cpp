// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fuses elementwise consumers of contractions into their epilogues.
#include "dialects/Kernel/IR/KernelOps.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "weft/Codegen/FuseLinalg.h"

using namespace mlir;

namespace {

/// Extra operands up to which an epilogue may grow: each needs a register for its address.
constexpr size_t maxExtras = 6;

/// The contraction that computes `value` and has no other use.
kernel::EpilogueOpInterface getOnlyUsedContraction(Value value) {
  Operation *producer = value.getDefiningOp();
  return producer && producer->hasOneUse() ? dyn_cast<kernel::EpilogueOpInterface>(producer)
                                           : kernel::EpilogueOpInterface();
}

/// Whether the body of `op` may run on single elements of an accumulator.
bool isScalarBody(linalg::GenericOp op) {
  return !op.hasIndexSemantics() && llvm::all_of(op.getBody()->without_terminator(), [](Operation &nested) {
    return nested.getNumRegions() == 0 && isMemoryEffectFree(&nested) && !isa<tensor::ExtractOp>(nested);
  });
}

/// Whether `map` reads an operand at output indices and zeros.
bool isEpilogueMap(AffineMap map) {
  return llvm::all_of(map.getResults(), [](AffineExpr expr) {
    auto constant = dyn_cast<AffineConstantExpr>(expr);
    return isa<AffineDimExpr>(expr) || (constant && constant.getValue() == 0);
  });
}

struct FuseIntoEpilogue : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op, PatternRewriter &rewriter) const override {
    OpOperand *contracted = nullptr;
    for (OpOperand *input : op.getDpsInputOperands())
      if (getOnlyUsedContraction(input->get()))
        contracted = input;
    if (!contracted)
      return rewriter.notifyMatchFailure(op, "no operand is a contraction of its own");
    if (op.getNumResults() != 1 || op.getNumReductionLoops() != 0 ||
        op.payloadUsesValueFromOperand(op.getDpsInitOperand(0)))
      return rewriter.notifyMatchFailure(op, "not elementwise with one result");
    if (!isScalarBody(op))
      return rewriter.notifyMatchFailure(op, "the body does more than arithmetic on single elements");
    if (!op.getMatchingIndexingMap(contracted).isIdentity() ||
        !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity())
      return rewriter.notifyMatchFailure(op, "elements are moved");
    auto epilogue = getOnlyUsedContraction(contracted->get());
    if (epilogue.getExtras().size() + op.getNumDpsInputs() - 1 > maxExtras)
      return rewriter.notifyMatchFailure(op, "too many operands for an epilogue");
    for (OpOperand *input : op.getDpsInputOperands())
      if (!isa<RankedTensorType>(input->get().getType()) || !isEpilogueMap(op.getMatchingIndexingMap(input)))
        return rewriter.notifyMatchFailure(op, "an operand is not read at output indices");
    fuse(rewriter, op, contracted, epilogue);
    return success();
  }

  static void fuse(PatternRewriter &rewriter, linalg::GenericOp op, OpOperand *contracted,
                   kernel::EpilogueOpInterface epilogue) {
    // All operands but the destination, which is last.
    SmallVector<Value> operands(epilogue->getOperands().drop_back());
    SmallVector<Attribute> maps(epilogue.getEpilogueMaps().getValue());
    for (OpOperand *input : op.getDpsInputOperands())
      if (input != contracted) {
        operands.push_back(input->get());
        maps.push_back(AffineMapAttr::get(op.getMatchingIndexingMap(input)));
      }
    operands.push_back(op.getDpsInitOperand(0)->get());
    // At the consumer, where all operands are there.
    rewriter.setInsertionPoint(op);
    Operation *fused = rewriter.insert(epilogue->cloneWithoutRegions());
    fused->setOperands(operands);
    fused->setAttr("epilogue_maps", rewriter.getArrayAttr(maps));
    fused->getResult(0).setType(op.getResult(0).getType());
    IRMapping mapping;
    epilogue->getRegion(0).cloneInto(&fused->getRegion(0), mapping);
    Block &block = fused->getRegion(0).front();
    auto yield = cast<kernel::YieldOp>(block.getTerminator());
    for (OpOperand *input : op.getDpsInputOperands()) {
      BlockArgument argument = op.getMatchingBlockArgument(input);
      if (input == contracted)
        mapping.map(argument, yield.getValue());
      else
        mapping.map(argument, block.addArgument(argument.getType(), argument.getLoc()));
    }
    rewriter.setInsertionPoint(yield);
    for (Operation &nested : op.getBody()->without_terminator())
      rewriter.clone(nested, mapping);
    Value result = mapping.lookupOrDefault(op.getBody()->getTerminator()->getOperand(0));
    rewriter.modifyOpInPlace(yield, [&] { yield.getValueMutable().assign(result); });
    rewriter.replaceOp(op, fused);
    rewriter.eraseOp(epilogue);
  }
};

} // namespace

LogicalResult weft::fuseEpilogues(kernel::FuncOp func) {
  RewritePatternSet patterns(func.getContext());
  patterns.add<FuseIntoEpilogue>(func.getContext());
  // A reshape between contraction and consumer moves behind the consumer.
  linalg::populateFoldReshapeOpsByCollapsingPatterns(patterns, [](OpOperand *operand) {
    auto reshape = operand->get().getDefiningOp<tensor::ExpandShapeOp>();
    return reshape && reshape->hasOneUse() && getOnlyUsedContraction(reshape.getSrc());
  });
  // Sizes that the move asks the reshape for would keep it alive.
  memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
  tensor::populateFoldTensorEmptyPatterns(patterns);
  tensor::DimOp::getCanonicalizationPatterns(patterns, func.getContext());
  return applyPatternsGreedily(func, std::move(patterns));
}
