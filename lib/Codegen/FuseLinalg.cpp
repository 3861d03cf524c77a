// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fuses elementwise linalg operations of a kernel when that computes nothing expensive twice.
#include "weft/Codegen/FuseLinalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "weft/Codegen/Passes.h"

namespace weft {
#define GEN_PASS_DEF_WEFTFUSELINALGPASS
#include "weft/Codegen/Passes.h.inc"
} // namespace weft

using namespace mlir;

namespace {

/// Body operations up to which a producer counts as cheap: as many as hide behind the load they replace.
constexpr int64_t maxCheapOps = 6;
/// Inputs up to which fused ops may grow; beyond, address arithmetic runs out of registers.
constexpr int64_t maxInputs = 24;

/// Whether `op` takes several times as long as an addition.
bool isExpensiveScalarOp(Operation &op) {
  if (isa<tensor::ExtractOp, arith::DivFOp, arith::DivSIOp, arith::DivUIOp, arith::RemFOp, arith::RemSIOp,
          arith::RemUIOp>(op) ||
      op.getNumRegions() != 0)
    return true;
  return isa<math::MathDialect>(op.getDialect()) &&
         !isa<math::AbsFOp, math::AbsIOp, math::CopySignOp, math::FmaOp>(op);
}

/// Whether fusing the producer of `operand` into its owner is worth it.
bool shouldFuse(OpOperand *operand) {
  auto producer = operand->get().getDefiningOp<linalg::GenericOp>();
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  if (!producer || !consumer)
    return false;
  if (producer.getNumDpsInputs() + consumer.getNumDpsInputs() > maxInputs)
    return false;
  if (weft::isCheapToRecompute(producer))
    return true;
  bool hasOneUser = llvm::all_of(producer->getUsers(), [&](Operation *user) { return user == consumer; });
  // A map that is a permutation of the consumer's loops reads each element once.
  return hasOneUser && consumer.getMatchingIndexingMap(operand).isPermutation() &&
         llvm::count_if(consumer->getOperands(), [&](Value v) { return v.getDefiningOp() == producer; }) == 1;
}

/// Replaces sizes of arguments by the index arguments that hold them.
struct ResolveArgumentDim : OpRewritePattern<tensor::DimOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tensor::DimOp op, PatternRewriter &rewriter) const override {
    auto argument = dyn_cast<BlockArgument>(op.getSource());
    auto func = argument ? dyn_cast<kernel::FuncOp>(argument.getOwner()->getParentOp()) : kernel::FuncOp();
    std::optional<int64_t> index = op.getConstantIndex();
    if (!func || !index)
      return rewriter.notifyMatchFailure(op, "not a constant dim of a kernel argument");
    auto type = cast<RankedTensorType>(argument.getType());
    if (!type.isDynamicDim(*index))
      return rewriter.notifyMatchFailure(op, "static dims fold");
    int64_t position = llvm::count_if(type.getShape().take_front(*index), ShapedType::isDynamic);
    ArrayRef<int64_t> dims = func.getArgDims(argument.getArgNumber());
    rewriter.replaceOp(op, func.getArgument(dims[position]));
    return success();
  }
};

/// Sizes of a tensor that a loop carries are those of the one it starts with: bufferisation gives both one
/// buffer, so that a kernel's loops cannot carry tensors that grow.
struct ResolveCarriedDim : OpRewritePattern<tensor::DimOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tensor::DimOp op, PatternRewriter &rewriter) const override {
    auto argument = dyn_cast<BlockArgument>(op.getSource());
    auto loop = argument ? dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp()) : scf::ForOp();
    if (!loop)
      return rewriter.notifyMatchFailure(op, "not a size of what a loop carries");
    rewriter.modifyOpInPlace(op,
                             [&] { op.getSourceMutable().assign(loop.getTiedLoopInit(argument)->get()); });
    return success();
  }
};

/// Decomposes aggregates such as softmax and makes named ops generic; fills stay, since patterns know them.
LogicalResult generaliseOps(kernel::FuncOp func) {
  IRRewriter rewriter(func.getContext());
  SmallVector<linalg::AggregatedOpInterface> aggregates;
  func.walk([&](linalg::AggregatedOpInterface op) { aggregates.push_back(op); });
  for (linalg::AggregatedOpInterface op : aggregates) {
    rewriter.setInsertionPoint(op);
    FailureOr<SmallVector<Value>> values = op.decomposeOperation(rewriter);
    if (failed(values))
      return op->emitOpError("internal: cannot decompose");
    rewriter.replaceOp(op, *values);
  }
  SmallVector<linalg::LinalgOp> named;
  func.walk([&](linalg::LinalgOp op) {
    if (!isa<linalg::GenericOp, linalg::FillOp>(op))
      named.push_back(op);
  });
  for (linalg::LinalgOp op : named) {
    rewriter.setInsertionPoint(op);
    if (failed(linalg::generalizeNamedOp(rewriter, op)))
      return op->emitOpError("internal: cannot generalise");
  }
  return success();
}

/// Replaces ops that iterate over nothing, which an operand without elements says, by what they start from:
/// tiling divides by sizes, and slices of nothing have no valid offsets.
void eraseEmptyLoops(kernel::FuncOp func) {
  IRRewriter rewriter(func.getContext());
  SmallVector<linalg::LinalgOp> empty;
  auto holdsNothing = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && llvm::is_contained(tensor.getShape(), 0);
  };
  func.walk([&](linalg::LinalgOp op) {
    if (op.hasPureTensorSemantics() && llvm::any_of(op->getOperandTypes(), holdsNothing))
      empty.push_back(op);
  });
  for (linalg::LinalgOp op : empty)
    rewriter.replaceOp(op, op.getDpsInits());
}

} // namespace

bool weft::isCheapToRecompute(linalg::LinalgOp op) {
  if (op.getNumReductionLoops() != 0)
    return false;
  int64_t numOps = 0;
  for (Operation &nested : op.getBlock()->without_terminator()) {
    if (isExpensiveScalarOp(nested))
      return false;
    numOps += isa<arith::ConstantOp, linalg::IndexOp>(nested) ? 0 : 1;
  }
  return numOps <= maxCheapOps;
}

LogicalResult weft::fuseLinalg(kernel::FuncOp func) {
  if (failed(generaliseOps(func)))
    return failure();
  eraseEmptyLoops(func);
  MLIRContext *context = func.getContext();
  RewritePatternSet patterns(context);
  linalg::populateElementwiseOpsFusionPatterns(patterns, shouldFuse);
  linalg::populateFoldReshapeOpsByExpansionPatterns(patterns, [](OpOperand *operand) {
    // Only reshapes between two linalg ops: those of arguments are views already.
    return operand->get().getDefiningOp() != nullptr;
  });
  tensor::populateFoldTensorEmptyPatterns(patterns);
  memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
  linalg::GenericOp::getCanonicalizationPatterns(patterns, context);
  linalg::FillOp::getCanonicalizationPatterns(patterns, context);
  for (auto *dialect : {context->getLoadedDialect<tensor::TensorDialect>()})
    dialect->getCanonicalizationPatterns(patterns);
  tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, context);
  tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns, context);
  tensor::CastOp::getCanonicalizationPatterns(patterns, context);
  affine::AffineApplyOp::getCanonicalizationPatterns(patterns, context);
  patterns.add<ResolveArgumentDim, ResolveCarriedDim>(context);
  if (failed(applyPatternsGreedily(func, std::move(patterns))))
    return failure();
  return fuseEpilogues(func);
}

namespace {

struct WeftFuseLinalgPass : weft::impl::WeftFuseLinalgPassBase<WeftFuseLinalgPass> {
  void runOnOperation() override {
    if (failed(weft::fuseLinalg(getOperation())))
      signalPassFailure();
  }
};

} // namespace
