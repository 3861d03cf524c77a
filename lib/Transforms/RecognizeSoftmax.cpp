// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises softmax and log-softmax by their parts.
#include "MatchScalars.h"
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

FailureOr<SoftmaxMatch> matchSoftmax(Value root) {
  // exp(s) / sum(exp(s))
  if (auto div = root.getDefiningOp<DivOp>()) {
    auto exp = div.getLhs().getDefiningOp<ExpOp>();
    auto sum = matchReduce(div.getRhs(), ReduceKind::sum);
    if (!exp || !sum || sum.getX() != exp.getResult() || sum.getAxes().size() != 1)
      return failure();
    auto [x, axis] = matchShifted(exp.getX());
    int64_t along = sum.getAxes()[0];
    // A shift along another axis, or none, changes nothing but overflow: softmax shifts by itself.
    return SoftmaxMatch{axis == along ? x : exp.getX(), along, /*log=*/false};
  }
  // s - log(sum(exp(s)))
  if (auto sub = root.getDefiningOp<SubOp>()) {
    auto log = sub.getRhs().getDefiningOp<LogOp>();
    auto sum = log ? matchReduce(log.getX(), ReduceKind::sum) : ReduceOp();
    auto exp = sum ? sum.getX().getDefiningOp<ExpOp>() : ExpOp();
    if (!exp || exp.getX() != sub.getLhs() || sum.getAxes().size() != 1)
      return failure();
    auto [x, axis] = matchShifted(exp.getX());
    int64_t along = sum.getAxes()[0];
    return SoftmaxMatch{axis == along ? x : exp.getX(), along, /*log=*/true};
  }
  return failure();
}

namespace {

template <typename OpTy> struct RecognizeSoftmax : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    FailureOr<SoftmaxMatch> match = matchSoftmax(op.getResult());
    if (failed(match))
      return rewriter.notifyMatchFailure(op, "it is no softmax by parts");
    if (match->x.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "its result has another type than x");
    NamedAttribute attributes[] = {rewriter.getNamedAttr("axis", rewriter.getI64IntegerAttr(match->axis)),
                                   rewriter.getNamedAttr("log", rewriter.getBoolAttr(match->log))};
    auto softmax = buildChecked<SoftmaxOp>(rewriter, op.getLoc(), match->x, attributes);
    if (!softmax)
      return failure();
    rewriter.replaceOp(op, softmax.getResult());
    return success();
  }
};

} // namespace

void populateRecognizeSoftmaxPatterns(RewritePatternSet &patterns) {
  patterns.add<RecognizeSoftmax<DivOp>, RecognizeSoftmax<SubOp>>(patterns.getContext());
}

} // namespace weft
