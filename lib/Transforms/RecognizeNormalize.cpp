// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises layer and RMS normalisation by their parts.
#include "RecognizeSupport.h"
#include "weft/Transforms/Recognize.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {

/// v and eps of `sqrt(v + eps)`.
static std::pair<Value, double> matchDeviation(Value root) {
  auto sqrt = root.getDefiningOp<SqrtOp>();
  return sqrt ? besideAnyScalar<AddOp>(sqrt.getX()) : std::pair<Value, double>();
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

/// What a mean is taken of, and along which axes: `reduce mean`, or a sum over the static number of entries.
struct Mean {
  Value x;
  ArrayRef<int64_t> axes;
  explicit operator bool() const { return static_cast<bool>(x); }
};
static Mean matchMean(Value value) {
  if (auto mean = matchReduce(value, ReduceKind::mean))
    return {mean.getX(), mean.getAxes()};
  Line line = matchLine(value);
  auto sum = matchReduce(line.x, ReduceKind::sum);
  if (!sum || line.shift != 0)
    return {};
  double count = 1;
  for (int64_t axis : sum.getAxes()) {
    if (tensorOf(sum.getX()).isDynamicDim(axis))
      return {};
    count *= tensorOf(sum.getX()).getDimSize(axis);
  }
  // Closer than other constants: a sum over N - 1 is another variance.
  constexpr double kTolerance = 1e-6;
  return std::fabs(line.scale * count - 1) <= kTolerance ? Mean{sum.getX(), sum.getAxes()} : Mean{};
}

/// x of x - mean(x) along the axes; with `isSquared` also of mean(x) - x.
static Value matchCentered(Value d, ArrayRef<int64_t> axes, bool isSquared = false) {
  auto sub = d.getDefiningOp<SubOp>();
  if (!sub)
    return {};
  Mean mean = matchMean(sub.getRhs());
  if (mean && mean.x == sub.getLhs() && mean.axes == axes)
    return mean.x;
  mean = isSquared ? matchMean(sub.getLhs()) : Mean{};
  return mean && mean.x == sub.getRhs() && mean.axes == axes ? mean.x : Value();
}

/// The normalisation with this mean of squares as its variance; x is what is squared, or, when that is
/// centered, what is centered.
static FailureOr<NormalizeMatch> matchVariance(Value variance, double epsilon, const char **why = nullptr) {
  Mean mean = variance ? matchMean(variance) : Mean{};
  Value squared = mean ? matchSquare(mean.x) : Value();
  if (!squared)
    return decline(why, "it divides by no root of a mean of squares and an epsilon");
  if (!isa<FloatType>(tensorOf(squared).getElementType()))
    return decline(why, "it computes with integers");
  NormalizeMatch match;
  match.epsilon = epsilon;
  match.axes.assign(mean.axes.begin(), mean.axes.end());
  Value x = matchCentered(squared, mean.axes, /*isSquared=*/true);
  match.center = static_cast<bool>(x);
  match.x = x ? x : squared;
  return match;
}

FailureOr<NormalizeMatch> matchNormalize(Value root, const char **why) {
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
  FailureOr<NormalizeMatch> match = matchVariance(variance, epsilon, why);
  if (failed(match))
    return failure();
  // The exporter may compute x - mean(x) twice, once for the square.
  bool isSame = match->center ? matchCentered(numerator, match->axes) == match->x : numerator == match->x;
  if (!isSame)
    return decline(why, "what is divided is not what was squared for the variance");
  return match;
}

/// 1 / sqrt(v + eps) and what it is multiplied by.
static bool matchScaledInverse(Value value, NormalizeMatch &match) {
  auto [plain, plainEpsilon] = matchInverseDeviation(value);
  if (plain) {
    FailureOr<NormalizeMatch> found = matchVariance(plain, plainEpsilon);
    if (succeeded(found))
      match = *found;
    return succeeded(found);
  }
  auto mul = value.getDefiningOp<MulOp>();
  if (!mul)
    return false;
  for (auto [inverse, gain] :
       {std::pair<Value, Value>(mul.getLhs(), mul.getRhs()), {mul.getRhs(), mul.getLhs()}}) {
    auto [variance, epsilon] = matchInverseDeviation(inverse);
    FailureOr<NormalizeMatch> found = matchVariance(variance, epsilon);
    if (failed(found))
      continue;
    match = *found;
    match.gain = gain;
    return true;
  }
  return false;
}

FailureOr<NormalizeMatch> matchAffineNormalize(Value root, const char **why) {
  // x * a + (beta - mean * a), with a = gain / sqrt(v + eps).
  auto add = root.getDefiningOp<AddOp>();
  if (!add)
    return decline(why, "it is no sum");
  for (auto [left, right] :
       {std::pair<Value, Value>(add.getLhs(), add.getRhs()), {add.getRhs(), add.getLhs()}}) {
    auto product = left.getDefiningOp<MulOp>();
    auto shift = right.getDefiningOp<SubOp>();
    auto taken = shift ? shift.getRhs().getDefiningOp<MulOp>() : MulOp();
    if (!product || !taken)
      continue;
    for (auto [x, scale] : {std::pair<Value, Value>(product.getLhs(), product.getRhs()),
                            {product.getRhs(), product.getLhs()}}) {
      NormalizeMatch match;
      if (!matchScaledInverse(scale, match) || !match.center || match.x != x)
        continue;
      Value other = taken.getLhs() == scale ? taken.getRhs() : taken.getLhs();
      Mean mean = taken.getLhs() == scale || taken.getRhs() == scale ? matchMean(other) : Mean{};
      if (!mean || mean.x != x || mean.axes != ArrayRef<int64_t>(match.axes))
        continue;
      match.shift = shift.getLhs();
      return match;
    }
  }
  return decline(why, "it adds no product with a scale to a shift less the mean by that scale");
}

namespace {

template <typename OpTy> struct RecognizeNormalize : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    const char *why = nullptr;
    FailureOr<NormalizeMatch> match =
        isa<AddOp>(op) ? matchAffineNormalize(op.getResult(), &why) : matchNormalize(op.getResult(), &why);
    if (failed(match))
      return rewriter.notifyMatchFailure(op, why);
    SmallVector<Value> inputs = {match->x};
    for (Value affine : {match->gain, match->shift})
      if (affine)
        inputs.push_back(affine);
    FailureOr<SmallVector<Operation *>> ops = getMatchedOps(rewriter, op, inputs);
    if (failed(ops))
      return failure();
    NamedAttribute attributes[] = {
        rewriter.getNamedAttr("axes", rewriter.getDenseI64ArrayAttr(match->axes)),
        rewriter.getNamedAttr("epsilon", rewriter.getF64FloatAttr(match->epsilon)),
        rewriter.getNamedAttr("center", rewriter.getBoolAttr(match->center)),
    };
    auto normalize = buildChecked<NormalizeOp>(rewriter, op.getLoc(), match->x, attributes);
    if (!normalize)
      return failure();
    Value y = normalize.getResult();
    if (match->gain)
      y = MulOp::create(rewriter, op.getLoc(), op.getType(), y, match->gain);
    if (match->shift)
      y = AddOp::create(rewriter, op.getLoc(), op.getType(), y, match->shift);
    replaceMatch(rewriter, *ops, inputs, y);
    return success();
  }
};

} // namespace

void populateRecognizeNormalizePatterns(RewritePatternSet &patterns) {
  patterns.add<RecognizeNormalize<AddOp>, RecognizeNormalize<DivOp>, RecognizeNormalize<MulOp>>(
      patterns.getContext());
}

} // namespace weft
