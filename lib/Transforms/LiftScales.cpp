// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves scales of quantised operands behind contractions.
#include "weft/Transforms/LiftScales.h"

#include "dialects/Weft/IR/TensorType.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "weft/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {
#define GEN_PASS_DEF_WEFTLIFTSCALESPASS
#include "weft/Transforms/Passes.h.inc"
} // namespace weft

namespace {

/// Operands of a contraction and the axes along which its right side has one entry per channel of the result.
struct Operands {
  Value lhs, rhs;
  int64_t rhsAxis = 0, resultAxis = 0;
};

std::optional<Operands> getOperands(Operation *op) {
  if (auto conv = dyn_cast<ConvOp>(op)) {
    if (conv.getInputZp() || conv.getFilterZp())
      return std::nullopt;
    int64_t channel = conv.getLayout() == Layout::nchw ? 1 : conv.getType().getRank() - 1;
    return Operands{conv.getInput(), conv.getFilter(), 0, channel};
  }
  auto matmul = dyn_cast<MatmulOp>(op);
  if (!matmul || matmul.getLhsZp() || matmul.getRhsZp())
    return std::nullopt;
  int64_t rank = matmul.getType().getRank();
  return Operands{matmul.getLhs(), matmul.getRhs(), matmul.getTransposeRhs() ? rank - 2 : rank - 1, rank - 1};
}

/// The dequantisation that makes `value`, if its scales are f32 and per tensor, or per entry of `axis`.
DequantizeOp getDequantize(Value value, std::optional<int64_t> axis) {
  auto op = value.getDefiningOp<DequantizeOp>();
  if (!op || op.getTable() || op.getBlockSize() != 0 || !typeOf(value).getElementType().isF32() ||
      !typeOf(op.getScale()).getElementType().isF32() || !typeOf(op.getScale()).hasStaticShape())
    return {};
  if (typeOf(op.getScale()).getNumElements() == 1)
    return op;
  bool isPerChannel = axis && op.getAxis() && static_cast<int64_t>(*op.getAxis()) == *axis;
  return isPerChannel ? op : DequantizeOp();
}

bool isOne(Value scale) { return matchPattern(scale, m_OneFloat()); }

/// `op` with all its scales 1.
Value withoutScale(RewriterBase &rewriter, DequantizeOp op) {
  auto ones = DenseElementsAttr::get(typeOf(op.getScale()), 1.0f);
  IRMapping mapping;
  mapping.map(op.getScale(), ConstantOp::create(rewriter, op.getLoc(), ones).getResult());
  return rewriter.clone(*op, mapping)->getResult(0);
}

/// The scale with its elements along `axis` of a tensor of rank `rank`.
Value alongAxis(RewriterBase &rewriter, Location loc, Value scale, int64_t rank, int64_t axis) {
  SmallVector<int64_t> shape(rank, 1);
  shape[axis] = typeOf(scale).getNumElements();
  auto type = RankedTensorType::get(shape, typeOf(scale).getElementType());
  return type == typeOf(scale) ? scale
                               : rewriter.createOrFold<ReshapeOp>(loc, type, scale, ValueRange(), shape);
}

template <typename OpTy> struct LiftScales : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    return ::weft::liftScales(rewriter, op);
  }
};

} // namespace

namespace weft {

LogicalResult liftScales(RewriterBase &rewriter, Operation *op) {
  std::optional<Operands> operands = getOperands(op);
  if (!operands)
    return rewriter.notifyMatchFailure(op, "it has zero points of its own");
  DequantizeOp lhs = getDequantize(operands->lhs, std::nullopt);
  DequantizeOp rhs = getDequantize(operands->rhs, operands->rhsAxis);
  if (!lhs || !rhs)
    return rewriter.notifyMatchFailure(op, "its operands are not dequantised per tensor and per channel");
  if (isOne(lhs.getScale()) && isOne(rhs.getScale()))
    return rewriter.notifyMatchFailure(op, "its scales are 1 already");

  rewriter.setInsertionPoint(op);
  Value result = op->getResult(0);
  int64_t rank = typeOf(result).getRank();
  Value left = alongAxis(rewriter, lhs.getLoc(), lhs.getScale(), rank, operands->resultAxis);
  Value right = alongAxis(rewriter, rhs.getLoc(), rhs.getScale(), rank, operands->resultAxis);
  Value scale = MulOp::create(rewriter, op->getLoc(), right.getType(), right, left);
  Value plainLhs = withoutScale(rewriter, lhs), plainRhs = withoutScale(rewriter, rhs);
  rewriter.modifyOpInPlace(op, [&] {
    op->setOperand(0, plainLhs);
    op->setOperand(1, plainRhs);
  });
  rewriter.setInsertionPointAfter(op);
  auto scaled = MulOp::create(rewriter, op->getLoc(), result.getType(), result, scale);
  rewriter.replaceAllUsesExcept(result, scaled, scaled);
  return success();
}

void populateLiftScalesPatterns(RewritePatternSet &patterns) {
  patterns.add<LiftScales<ConvOp>, LiftScales<MatmulOp>>(patterns.getContext());
}

} // namespace weft

namespace {

struct WeftLiftScalesPass : ::weft::impl::WeftLiftScalesPassBase<WeftLiftScalesPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    ::weft::populateLiftScalesPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
