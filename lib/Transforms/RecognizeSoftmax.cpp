// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises softmax and log-softmax by their parts.
#include "RecognizeSupport.h"
#include "weft/Transforms/Recognize.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {

/// x and the axis of x - max(x); the axis is -1 when `value` is no such difference.
static std::pair<Value, int64_t> matchShifted(Value value) {
  auto sub = value.getDefiningOp<SubOp>();
  auto max = sub ? matchReduce(sub.getRhs(), ReduceKind::max) : ReduceOp();
  if (!max || max.getX() != sub.getLhs() || max.getAxes().size() != 1)
    return {value, -1};
  return {sub.getLhs(), max.getAxes()[0]};
}

/// The softmax that divides `numerator` by `denominator`.
static FailureOr<SoftmaxMatch> matchQuotient(Value numerator, Value denominator, const char **why) {
  auto exp = numerator.getDefiningOp<ExpOp>();
  auto sum = matchReduce(denominator, ReduceKind::sum);
  if (!exp)
    return decline(why, "what is divided is no exponential");
  if (!sum || sum.getX() != exp.getResult())
    return decline(why, "the divisor is no sum of what is divided");
  if (sum.getAxes().size() != 1)
    return decline(why, "the sum is along several axes");
  auto [x, axis] = matchShifted(exp.getX());
  int64_t along = sum.getAxes()[0];
  // A shift along another axis, or none, changes nothing but overflow: softmax shifts by itself.
  return SoftmaxMatch{axis == along ? x : exp.getX(), along, /*log=*/false};
}

FailureOr<SoftmaxMatch> matchSoftmax(Value root, const char **why) {
  // exp(s) / sum(exp(s)), or times 1 / sum
  if (auto div = root.getDefiningOp<DivOp>())
    return matchQuotient(div.getLhs(), div.getRhs(), why);
  if (auto mul = root.getDefiningOp<MulOp>()) {
    for (auto [exp, inverse] :
         {std::pair<Value, Value>(mul.getLhs(), mul.getRhs()), {mul.getRhs(), mul.getLhs()}})
      if (auto div = inverse.getDefiningOp<DivOp>(); div && isScalar(div.getLhs(), 1))
        return matchQuotient(exp, div.getRhs(), why);
    return decline(why, "no factor is 1 by something");
  }
  // s - log(sum(exp(s)))
  if (auto sub = root.getDefiningOp<SubOp>()) {
    auto log = sub.getRhs().getDefiningOp<LogOp>();
    auto sum = log ? matchReduce(log.getX(), ReduceKind::sum) : ReduceOp();
    auto exp = sum ? sum.getX().getDefiningOp<ExpOp>() : ExpOp();
    if (!exp || exp.getX() != sub.getLhs())
      return decline(why, "what is subtracted is no log of the sum of exponentials of the rest");
    if (sum.getAxes().size() != 1)
      return decline(why, "the sum is along several axes");
    auto [x, axis] = matchShifted(exp.getX());
    int64_t along = sum.getAxes()[0];
    return SoftmaxMatch{axis == along ? x : exp.getX(), along, /*log=*/true};
  }
  return decline(why, "it is no quotient, product or difference");
}

namespace {

template <typename OpTy> struct RecognizeSoftmax : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    const char *why = nullptr;
    FailureOr<SoftmaxMatch> match = matchSoftmax(op.getResult(), &why);
    if (failed(match))
      return rewriter.notifyMatchFailure(op, why);
    FailureOr<SmallVector<Operation *>> ops = getMatchedOps(rewriter, op, match->x);
    if (failed(ops))
      return failure();
    NamedAttribute attributes[] = {rewriter.getNamedAttr("axis", rewriter.getI64IntegerAttr(match->axis)),
                                   rewriter.getNamedAttr("log", rewriter.getBoolAttr(match->log))};
    auto softmax = buildChecked<SoftmaxOp>(rewriter, op.getLoc(), match->x, attributes);
    if (!softmax)
      return failure();
    replaceMatch(rewriter, *ops, match->x, softmax.getResult());
    return success();
  }
};

} // namespace

void populateRecognizeSoftmaxPatterns(RewritePatternSet &patterns) {
  patterns.add<RecognizeSoftmax<DivOp>, RecognizeSoftmax<MulOp>, RecognizeSoftmax<SubOp>>(
      patterns.getContext());
}

} // namespace weft
