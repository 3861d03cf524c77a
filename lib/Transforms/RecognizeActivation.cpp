// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Brings activations that exporters take apart into the form in which the importer builds them.
#include "RecognizeSupport.h"
#include "weft/Transforms/Recognize.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {

//===----------------------------------------------------------------------===//
// sigmoid
//===----------------------------------------------------------------------===//

FailureOr<SigmoidMatch> matchSigmoid(Value root, const char **why) {
  auto div = root.getDefiningOp<DivOp>();
  if (!div)
    return decline(why, "it is no quotient");
  Value exp = besideScalar<AddOp>(div.getRhs(), 1);
  if (!exp)
    return decline(why, "its denominator is not 1 and something");
  if (!exp.getDefiningOp<ExpOp>())
    return decline(why, "its denominator adds no exponential to 1");
  SigmoidMatch match;
  match.negated = exp.getDefiningOp<ExpOp>().getX();
  if (!isScalar(div.getLhs(), 1))
    match.factor = div.getLhs();
  return match;
}

//===----------------------------------------------------------------------===//
// hard sigmoid and hard swish
//===----------------------------------------------------------------------===//

/// min(max(x, low), high), in either order.
struct Clip {
  Value x;
  double low = 0, high = 0;
};
static std::optional<Clip> matchClip(Value value) {
  if (auto [inner, low] = besideAnyScalar<MaxOp>(value); inner)
    if (auto [x, high] = besideAnyScalar<MinOp>(inner); x)
      return Clip{x, low, high};
  if (auto [inner, high] = besideAnyScalar<MinOp>(value); inner)
    if (auto [x, low] = besideAnyScalar<MaxOp>(inner); x)
      return Clip{x, low, high};
  return std::nullopt;
}

FailureOr<HardSigmoidMatch> matchHardSigmoid(Value root, const char **why) {
  Product product = getProduct(root);
  std::optional<Clip> clip;
  Value factor;
  for (Value value : product.factors) {
    std::optional<Clip> own = clip ? std::nullopt : matchClip(value);
    if (own)
      clip = own;
    else if (!factor)
      factor = value;
    else
      return decline(why, "it has more factors than a clip and one value");
  }
  if (!clip)
    return decline(why, "no factor is clipped from below and above");
  if (clip->low != 0)
    return decline(why, "its clip does not begin at 0");
  if (product.scale == 1)
    return decline(why, "it has no scale: it is in the importer's form, or no hard sigmoid");
  if (!isNear(product.scale * clip->high, 1, tensorOf(root).getElementType()))
    return decline(why, "its scale does not bring the upper end of the clip to 1");
  Line line = matchLine(clip->x);
  if (factor) {
    // x * clip(a x + b): x may itself be a line of something, which then stays as it is.
    std::optional<Cubic> inner = matchCubic(clip->x, factor);
    if (!inner || (*inner)[2] != 0 || (*inner)[3] != 0)
      return decline(why, "what is clipped is no line of the other factor");
    line = {factor, (*inner)[1], (*inner)[0]};
  }
  if (line.scale == 0)
    return decline(why, "what is clipped does not depend on the value");
  if (!isa<FloatType>(tensorOf(line.x).getElementType()))
    return decline(why, "it computes with integers");
  return HardSigmoidMatch{line.x, line.scale * product.scale, line.shift * product.scale,
                          static_cast<bool>(factor)};
}

//===----------------------------------------------------------------------===//
// softplus
//===----------------------------------------------------------------------===//

/// x of log(1 + exp(x)).
static Value matchLogOfSum(Value value) {
  auto log = value.getDefiningOp<LogOp>();
  Value exp = log ? besideScalar<AddOp>(log.getX(), 1) : Value();
  return exp && exp.getDefiningOp<ExpOp>() ? exp.getDefiningOp<ExpOp>().getX() : Value();
}

FailureOr<SoftplusMatch> matchSoftplus(Value root, const char **why) {
  if (Value x = matchLogOfSum(root))
    return SoftplusMatch{x};
  // PyTorch's threshold: x itself where exp(x) would be great; at 15 the difference is 3e-7.
  constexpr double kLeastThreshold = 15;
  auto select = root.getDefiningOp<SelectOp>();
  auto compare = select ? select.getCond().getDefiningOp<CompareOp>() : CompareOp();
  if (!compare)
    return decline(why, "it is no log(1 + exp(x)), nor chosen by a comparison");
  Value x = matchLogOfSum(select.getRhs());
  std::optional<double> threshold = getScalar(compare.getRhs());
  bool isAbove = compare.getPred() == ComparePredicate::gt || compare.getPred() == ComparePredicate::ge;
  if (!x)
    return decline(why, "what is chosen below the threshold is no log(1 + exp(x))");
  if (select.getLhs() != x || compare.getLhs() != x || !isAbove)
    return decline(why, "it does not choose x where x is above the threshold");
  if (!threshold || *threshold < kLeastThreshold)
    return decline(why, "its threshold is not known to be at least 15, where x is near enough");
  return SoftplusMatch{x};
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {

struct RecognizeSigmoid : OpRewritePattern<DivOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DivOp op, PatternRewriter &rewriter) const override {
    const char *why = nullptr;
    FailureOr<SigmoidMatch> match = matchSigmoid(op.getResult(), &why);
    if (failed(match))
      return rewriter.notifyMatchFailure(op, why);
    SmallVector<Value> inputs = {match->negated};
    if (match->factor)
      inputs.push_back(match->factor);
    FailureOr<SmallVector<Operation *>> ops = getMatchedOps(rewriter, op, inputs);
    if (failed(ops))
      return failure();
    Location loc = op.getLoc();
    Type type = op.getType();
    auto neg = match->negated.getDefiningOp<NegOp>();
    Value x = neg ? neg.getX() : NegOp::create(rewriter, loc, type, match->negated).getResult();
    Value y = SigmoidOp::create(rewriter, loc, type, x);
    if (match->factor)
      y = MulOp::create(rewriter, loc, type, match->factor, y);
    replaceMatch(rewriter, *ops, inputs, y);
    return success();
  }
};

template <typename OpTy> struct RecognizeHardSigmoid : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    const char *why = nullptr;
    FailureOr<HardSigmoidMatch> match = matchHardSigmoid(op.getResult(), &why);
    if (failed(match))
      return rewriter.notifyMatchFailure(op, why);
    FailureOr<SmallVector<Operation *>> ops = getMatchedOps(rewriter, op, match->x);
    if (failed(ops))
      return failure();
    Location loc = op.getLoc();
    Type type = op.getType();
    auto scalar = [&](double value) { return createScalar(rewriter, loc, match->x, value); };
    Value y = MulOp::create(rewriter, loc, type, match->x, scalar(match->alpha));
    y = AddOp::create(rewriter, loc, type, y, scalar(match->beta));
    y = MinOp::create(rewriter, loc, type, y, scalar(1));
    y = MaxOp::create(rewriter, loc, type, y, scalar(0));
    if (match->isSwish)
      y = MulOp::create(rewriter, loc, type, match->x, y);
    replaceMatch(rewriter, *ops, match->x, y);
    return success();
  }
};

template <typename OpTy> struct RecognizeSoftplus : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    const char *why = nullptr;
    FailureOr<SoftplusMatch> match = matchSoftplus(op.getResult(), &why);
    if (failed(match))
      return rewriter.notifyMatchFailure(op, why);
    FailureOr<SmallVector<Operation *>> ops = getMatchedOps(rewriter, op, match->x);
    if (failed(ops))
      return failure();
    Location loc = op.getLoc();
    Type type = op.getType();
    Value x = match->x;
    Value small = AbsOp::create(rewriter, loc, type, x);
    small = ExpOp::create(rewriter, loc, type, NegOp::create(rewriter, loc, type, small));
    small = Log1pOp::create(rewriter, loc, type, small);
    Value large = MaxOp::create(rewriter, loc, type, x, createScalar(rewriter, loc, x, 0));
    replaceMatch(rewriter, *ops, x, AddOp::create(rewriter, loc, type, large, small));
    return success();
  }
};

} // namespace

void populateRecognizeActivationPatterns(RewritePatternSet &patterns) {
  patterns.add<RecognizeSigmoid, RecognizeHardSigmoid<MulOp>, RecognizeHardSigmoid<DivOp>,
               RecognizeSoftplus<LogOp>, RecognizeSoftplus<SelectOp>>(patterns.getContext());
}

} // namespace weft
