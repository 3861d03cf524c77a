// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises layer and RMS normalisation by their parts.
#include "MatchScalars.h"
#include "weft/Transforms/Recognize.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {

/// What is added below the root, and the mean: v and eps of `sqrt(v + eps)` under a division or inverse.
static std::pair<Value, double> matchDeviation(Value root) {
  Value sum;
  if (auto sqrt = root.getDefiningOp<SqrtOp>())
    sum = sqrt.getX();
  else
    return {};
  return besideAnyScalar<AddOp>(sum);
}

/// v and eps of a value that is 1 / sqrt(v + eps).
static std::pair<Value, double> matchInverseDeviation(Value value) {
  if (auto rsqrt = value.getDefiningOp<RsqrtOp>())
    return besideAnyScalar<AddOp>(rsqrt.getX());
  if (auto div = value.getDefiningOp<DivOp>(); div && isScalar(div.getLhs(), 1))
    return matchDeviation(div.getRhs());
  if (auto pow = value.getDefiningOp<PowOp>(); pow && isScalar(pow.getRhs(), -0.5))
    return besideAnyScalar<AddOp>(pow.getLhs());
  return {};
}

FailureOr<NormalizeMatch> matchNormalize(Value root) {
  Value numerator, variance;
  double epsilon = 0;
  if (auto div = root.getDefiningOp<DivOp>()) {
    numerator = div.getLhs();
    std::tie(variance, epsilon) = matchDeviation(div.getRhs());
  } else if (auto mul = root.getDefiningOp<MulOp>()) {
    for (auto [x, inverse] :
         {std::pair<Value, Value>(mul.getLhs(), mul.getRhs()), {mul.getRhs(), mul.getLhs()}}) {
      std::tie(variance, epsilon) = matchInverseDeviation(inverse);
      numerator = x;
      if (variance)
        break;
    }
  }
  auto mean = variance ? matchReduce(variance, ReduceKind::mean) : ReduceOp();
  if (!mean || !mean->hasOneUse())
    return failure();
  Value squared = matchSquare(mean.getX());
  if (!squared)
    return failure();
  NormalizeMatch match;
  match.epsilon = epsilon;
  match.axes.assign(mean.getAxes().begin(), mean.getAxes().end());
  // d = x - mean(x); the exporter may compute d twice, once for the square.
  auto centered = [&](Value d) -> Value {
    auto sub = d.getDefiningOp<SubOp>();
    auto center = sub ? matchReduce(sub.getRhs(), ReduceKind::mean) : ReduceOp();
    return center && center.getX() == sub.getLhs() && center.getAxes() == mean.getAxes() ? sub.getLhs()
                                                                                         : Value();
  };
  Value x = centered(squared);
  match.center = static_cast<bool>(x);
  match.x = x ? x : squared;
  bool isSame = squared == numerator || (x && centered(numerator) == x);
  if (!isSame || !isa<FloatType>(cast<RankedTensorType>(match.x.getType()).getElementType()))
    return failure();
  return match;
}

namespace {

template <typename OpTy> struct RecognizeNormalize : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    FailureOr<NormalizeMatch> match = matchNormalize(op.getResult());
    if (failed(match))
      return rewriter.notifyMatchFailure(op, "it is no normalisation by parts");
    if (match->x.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "its result has another type than what is normalised");
    NamedAttribute attributes[] = {
        rewriter.getNamedAttr("axes", rewriter.getDenseI64ArrayAttr(match->axes)),
        rewriter.getNamedAttr("epsilon", rewriter.getF64FloatAttr(match->epsilon)),
        rewriter.getNamedAttr("center", rewriter.getBoolAttr(match->center)),
    };
    auto normalize = buildChecked<NormalizeOp>(rewriter, op.getLoc(), match->x, attributes);
    if (!normalize)
      return failure();
    rewriter.replaceOp(op, normalize.getResult());
    return success();
  }
};

} // namespace

void populateRecognizeNormalizePatterns(RewritePatternSet &patterns) {
  patterns.add<RecognizeNormalize<DivOp>, RecognizeNormalize<MulOp>>(patterns.getContext());
}

} // namespace weft
