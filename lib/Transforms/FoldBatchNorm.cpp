// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Folds the affine ops of batch normalisation into the weights of the contraction beside them.
#include "weft/Transforms/FoldBatchNorm.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "weft/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {
#define GEN_PASS_DEF_WEFTFOLDBATCHNORMPASS
#include "weft/Transforms/Passes.h.inc"
} // namespace weft

namespace {

/// Whether the value is a constant, or an expression of constants that constant folding will make one.
bool isConstant(Value value, int depth = 0) {
  // Folding one scale after the other nests an op each.
  constexpr int kMaxDepth = 8;
  Operation *op = value.getDefiningOp();
  if (!op || depth > kMaxDepth)
    return false;
  return isa<ConstantOp>(op) ||
         (isa<MulOp, AddOp, ReshapeOp>(op) &&
          llvm::all_of(op->getOperands(), [&](Value operand) { return isConstant(operand, depth + 1); }));
}

/// The constant operand of a commutative op and the other one; nulls when not exactly one is constant.
std::pair<Value, Value> splitConstant(Operation *op) {
  Value a = op->getOperand(0), b = op->getOperand(1);
  if (isConstant(a) == isConstant(b))
    return {};
  return isConstant(a) ? std::pair(a, b) : std::pair(b, a);
}

/// How the weights of a contraction are indexed by the channels of its result and of its input.
struct Contraction {
  Operation *op = nullptr;
  Value input, weights;
  int64_t resultAxis = 0, inputAxis = 0;             // in the result, in the input
  int64_t weightResultAxis = 0, weightInputAxis = 0; // in the weights
  bool isGrouped = false;
};

/// A conv or matmul on floats with constant weights and no zero points.
std::optional<Contraction> getContraction(Operation *op) {
  Contraction c;
  c.op = op;
  if (auto conv = dyn_cast_or_null<ConvOp>(op)) {
    int64_t channel = conv.getLayout() == Layout::nchw ? 1 : conv.getType().getRank() - 1;
    c.input = conv.getInput();
    c.weights = conv.getFilter();
    c.resultAxis = c.inputAxis = c.weightInputAxis = channel;
    c.isGrouped = conv.getGroups() != 1;
    if (conv.getInputZp() || conv.getFilterZp())
      return std::nullopt;
  } else if (auto matmul = dyn_cast_or_null<MatmulOp>(op)) {
    int64_t rank = matmul.getType().getRank();
    c.input = matmul.getLhs();
    c.weights = matmul.getRhs();
    c.resultAxis = rank - 1;
    c.inputAxis = matmul.getTransposeLhs() ? rank - 2 : rank - 1;
    c.weightResultAxis = matmul.getTransposeRhs() ? rank - 2 : rank - 1;
    c.weightInputAxis = matmul.getTransposeRhs() ? rank - 1 : rank - 2;
    if (matmul.getLhsZp() || matmul.getRhsZp())
      return std::nullopt;
  } else {
    return std::nullopt;
  }
  // Whole numbers (weft-lift-scales) stay whole: a scale in the weights would make every sum inexact.
  if (c.input.getDefiningOp<DequantizeOp>())
    return std::nullopt;
  auto type = cast<RankedTensorType>(c.weights.getType());
  if (!isConstant(c.weights) || !isa<FloatType>(type.getElementType()) ||
      type.getElementType() != cast<RankedTensorType>(op->getResult(0).getType()).getElementType())
    return std::nullopt;
  return c;
}

/// Whether the constant has at most one element, or varies along `axis` only.
bool variesOnlyAlong(Value constant, int64_t axis) {
  for (auto [dim, size] : llvm::enumerate(cast<RankedTensorType>(constant.getType()).getShape()))
    if (size != 1 && static_cast<int64_t>(dim) != axis)
      return false;
  return true;
}

/// The constant with its elements along `axis` of a tensor of rank `rank`.
Value alongAxis(RewriterBase &rewriter, Location loc, Value constant, int64_t rank, int64_t axis) {
  auto type = cast<RankedTensorType>(constant.getType());
  SmallVector<int64_t> shape(rank, 1);
  shape[axis] = type.getNumElements();
  auto to = RankedTensorType::get(shape, type.getElementType());
  return to == type ? constant : rewriter.createOrFold<ReshapeOp>(loc, to, constant, ValueRange(), shape);
}

/// weights * scale along an axis; left to constant folding.
Value scaleWeights(RewriterBase &rewriter, Location loc, Value weights, Value scale, int64_t axis) {
  int64_t rank = cast<RankedTensorType>(weights.getType()).getRank();
  Value factor = alongAxis(rewriter, loc, scale, rank, axis);
  return MulOp::create(rewriter, loc, weights.getType(), weights, factor);
}

template <LogicalResult (*function)(RewriterBase &, MulOp)> struct MulPattern : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    return function(rewriter, op);
  }
};

struct JoinShifts : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AddOp op, PatternRewriter &rewriter) const override {
    return ::weft::joinShifts(rewriter, op);
  }
};

template <typename OpTy> struct FoldInputScale : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    return ::weft::foldInputScaleIntoWeights(rewriter, op);
  }
};

} // namespace

namespace weft {

LogicalResult foldScaleIntoWeights(RewriterBase &rewriter, MulOp mul) {
  auto [scale, value] = splitConstant(mul);
  std::optional<Contraction> c = value ? getContraction(value.getDefiningOp()) : std::nullopt;
  if (!c)
    return rewriter.notifyMatchFailure(mul,
                                       "it does not scale a contraction with constant weights by a constant");
  if (!value.hasOneUse())
    return rewriter.notifyMatchFailure(mul, "the contraction has other users");
  if (!variesOnlyAlong(scale, c->resultAxis) || mul.getType() != value.getType())
    return rewriter.notifyMatchFailure(mul, "the scale is not one per channel");
  rewriter.setInsertionPoint(c->op);
  Value weights = scaleWeights(rewriter, mul.getLoc(), c->weights, scale, c->weightResultAxis);
  rewriter.modifyOpInPlace(c->op, [&] {
    c->op->setOperand(1, weights);
    // The node of the scale is computed by the contraction now.
    c->op->setLoc(rewriter.getFusedLoc({c->op->getLoc(), mul.getLoc()}));
  });
  rewriter.replaceOp(mul, value);
  return success();
}

LogicalResult foldInputScaleIntoWeights(RewriterBase &rewriter, Operation *op) {
  std::optional<Contraction> c = getContraction(op);
  if (!c)
    return rewriter.notifyMatchFailure(op, "it is no contraction with constant weights");
  auto mul = c->input.getDefiningOp<MulOp>();
  if (!mul || !mul->hasOneUse())
    return rewriter.notifyMatchFailure(op, "its input is no scale of its own");
  auto [scale, scaled] = splitConstant(mul);
  Value value = scaled;
  if (!value || !variesOnlyAlong(scale, c->inputAxis) || mul.getType() != value.getType())
    return rewriter.notifyMatchFailure(op, "the scale of its input is not one constant per channel");
  if (c->isGrouped && cast<RankedTensorType>(scale.getType()).getNumElements() != 1)
    return rewriter.notifyMatchFailure(op, "its groups read different channels");
  rewriter.setInsertionPoint(op);
  Value weights = scaleWeights(rewriter, mul.getLoc(), c->weights, scale, c->weightInputAxis);
  rewriter.modifyOpInPlace(op, [&] {
    op->setOperand(0, value);
    op->setOperand(1, weights);
    op->setLoc(rewriter.getFusedLoc({mul.getLoc(), op->getLoc()}));
  });
  return success();
}

LogicalResult moveScaleBeforeShift(RewriterBase &rewriter, MulOp mul) {
  auto [scale, value] = splitConstant(mul);
  auto add = value ? value.getDefiningOp<AddOp>() : AddOp();
  if (!add || !add->hasOneUse() || mul.getType() != value.getType())
    return rewriter.notifyMatchFailure(mul, "it does not scale a shifted value by a constant");
  auto [shift, inner] = splitConstant(add);
  std::optional<Contraction> c = inner ? getContraction(inner.getDefiningOp()) : std::nullopt;
  if (!c || !inner.hasOneUse() || inner.getType() != add.getType())
    return rewriter.notifyMatchFailure(mul, "what is shifted is no contraction with constant weights");
  if (!variesOnlyAlong(scale, c->resultAxis) || !variesOnlyAlong(shift, c->resultAxis))
    return rewriter.notifyMatchFailure(mul, "scale or shift are not one per channel");
  auto scaled = MulOp::create(rewriter, mul.getLoc(), inner.getType(), inner, scale);
  Operation *product = buildChecked(rewriter, add.getLoc(), MulOp::getOperationName(), {shift, scale}, {});
  if (!product)
    return failure();
  rewriter.replaceOpWithNewOp<AddOp>(mul, mul.getType(), scaled, product->getResult(0));
  return success();
}

LogicalResult joinShifts(RewriterBase &rewriter, AddOp add) {
  auto [outer, value] = splitConstant(add);
  auto inner = value ? value.getDefiningOp<AddOp>() : AddOp();
  if (!inner || !inner->hasOneUse() || add.getType() != value.getType())
    return rewriter.notifyMatchFailure(add, "it does not shift a shifted value by a constant");
  auto [shift, source] = splitConstant(inner);
  std::optional<Contraction> c = source ? getContraction(source.getDefiningOp()) : std::nullopt;
  if (!c || source.getType() != inner.getType())
    return rewriter.notifyMatchFailure(add, "what is shifted is no contraction with constant weights");
  if (!variesOnlyAlong(outer, c->resultAxis) || !variesOnlyAlong(shift, c->resultAxis))
    return rewriter.notifyMatchFailure(add, "the shifts are not one per channel");
  Operation *sum = buildChecked(rewriter, inner.getLoc(), AddOp::getOperationName(), {shift, outer}, {});
  if (!sum)
    return failure();
  Location loc = rewriter.getFusedLoc({inner.getLoc(), add.getLoc()});
  rewriter.replaceOp(add, AddOp::create(rewriter, loc, add.getType(), source, sum->getResult(0)).getResult());
  return success();
}

void populateFoldBatchNormPatterns(RewritePatternSet &patterns) {
  patterns.add<MulPattern<foldScaleIntoWeights>, MulPattern<moveScaleBeforeShift>, JoinShifts,
               FoldInputScale<ConvOp>, FoldInputScale<MatmulOp>>(patterns.getContext());
}

} // namespace weft

namespace {

struct WeftFoldBatchNormPass : ::weft::impl::WeftFoldBatchNormPassBase<WeftFoldBatchNormPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    ::weft::populateFoldBatchNormPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
