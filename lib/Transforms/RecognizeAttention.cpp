// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises scaled dot-product attention between two matrix products.
#include "MatchScalars.h"
#include "weft/Transforms/Recognize.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {

/// Takes a scalar factor off `value`: x of x * c or x / c, with c (or its inverse) multiplied into `scale`.
static Value stripScale(Value value, double &scale) {
  if (auto [x, factor] = besideAnyScalar<MulOp>(value); x) {
    scale *= factor;
    return x;
  }
  auto div = value.getDefiningOp<DivOp>();
  std::optional<double> divisor = div ? getScalar(div.getRhs()) : std::nullopt;
  if (!divisor || *divisor == 0)
    return value;
  scale /= *divisor;
  return div.getLhs();
}

static bool isRank4(Value value) { return cast<RankedTensorType>(value.getType()).getRank() == 4; }

/// Whether the dims are equal as far as sizes and names say.
static bool isSameDim(Value a, Value b, int64_t axis) {
  return DimExpr::provablyEqual(mlir::weft::getDim(cast<RankedTensorType>(a.getType()), axis),
                                mlir::weft::getDim(cast<RankedTensorType>(b.getType()), axis));
}

FailureOr<AttentionMatch> matchAttention(Value root) {
  auto second = root.getDefiningOp<MatmulOp>();
  if (!second || !isRank4(root) || second.getLhsZp() || second.getRhsZp() || second.getTransposeLhs() ||
      second.getTransposeRhs())
    return failure();
  auto softmax = second.getLhs().getDefiningOp<SoftmaxOp>();
  if (!softmax || softmax.getLog() || softmax.getAxis() != 3 || !softmax->hasOneUse())
    return failure();
  AttentionMatch match;
  match.v = second.getRhs();
  Value scores = softmax.getX();
  if (auto add = scores.getDefiningOp<AddOp>()) {
    // The mask is the side that is no product of its own.
    bool isLeft = add.getRhs().getDefiningOp<MatmulOp>() ||
                  (!add.getLhs().getDefiningOp<MatmulOp>() && !add.getLhs().getDefiningOp<MulOp>() &&
                   !add.getLhs().getDefiningOp<DivOp>());
    match.mask = isLeft ? add.getLhs() : add.getRhs();
    scores = isLeft ? add.getRhs() : add.getLhs();
  }
  scores = stripScale(scores, match.scale);
  auto first = scores.getDefiningOp<MatmulOp>();
  if (!first || first.getLhsZp() || first.getRhsZp() || first.getTransposeLhs() || !first->hasOneUse())
    return failure();
  match.q = stripScale(first.getLhs(), match.scale);
  match.k = stripScale(first.getRhs(), match.scale);
  if (!first.getTransposeRhs()) {
    // k comes as [B H D S]: a transpose in one step has the keys before it.
    auto transpose = match.k.getDefiningOp<TransposeOp>();
    if (!transpose)
      return failure();
    SmallVector<int64_t> perm(transpose.getPerm());
    std::swap(perm[2], perm[3]);
    if (perm != SmallVector<int64_t>{0, 1, 2, 3})
      return failure();
    match.k = transpose.getX();
  }
  // Products broadcast batch and heads; attention does not.
  for (int64_t axis : {0, 1})
    if (!isSameDim(match.q, match.k, axis) || !isSameDim(match.k, match.v, axis))
      return failure();
  return match;
}

namespace {

struct RecognizeAttention : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    FailureOr<AttentionMatch> match = matchAttention(op.getResult());
    if (failed(match))
      return rewriter.notifyMatchFailure(op, "it is no attention by parts");
    if (cast<RankedTensorType>(match->q.getType()).getElementType() != op.getType().getElementType())
      return rewriter.notifyMatchFailure(op, "its result has another element type than q");
    SmallVector<Value> operands = {match->q, match->k, match->v};
    if (match->mask)
      operands.push_back(match->mask);
    NamedAttribute attributes[] = {
        rewriter.getNamedAttr("scale", rewriter.getF64FloatAttr(match->scale)),
        rewriter.getNamedAttr("operandSegmentSizes",
                              rewriter.getDenseI32ArrayAttr({1, 1, 1, match->mask ? 1 : 0, 0, 0, 0}))};
    auto attention = buildChecked<AttentionOp>(rewriter, op.getLoc(), operands, attributes);
    if (!attention)
      return failure();
    if (attention.getType() != op.getType())
      attention.getResult().setType(cast<RankedTensorType>(refineType(attention.getType(), op.getType())));
    rewriter.replaceOp(op, attention.getResult());
    return success();
  }
};

} // namespace

void populateRecognizeAttentionPatterns(RewritePatternSet &patterns) {
  patterns.add<RecognizeAttention>(patterns.getContext());
}

} // namespace weft
