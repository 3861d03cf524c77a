// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises the Gaussian error linear unit in the orders in which exporters write it.
#include "MatchScalars.h"
#include "weft/Transforms/Recognize.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {

// 1 / sqrt 2, sqrt(2 / pi), and the cubic coefficient of the tanh form (Hendrycks and Gimpel, 2016).
static constexpr double kInverseSqrt2 = 0.70710678118654752, kSqrt2OverPi = 0.79788456080286536,
                        kCubic = 0.044715;

/// x of erf(x / sqrt 2).
static Value matchErf(Value value) {
  auto erf = value.getDefiningOp<ErfOp>();
  if (!erf)
    return {};
  if (Value x = besideScalar<MulOp>(erf.getX(), kInverseSqrt2))
    return x;
  auto div = erf.getX().getDefiningOp<DivOp>();
  return div && isScalar(div.getRhs(), 1 / kInverseSqrt2) ? div.getLhs() : Value();
}

/// Whether `value` is x * x * x in any order, or pow(x, 3).
static bool isCube(Value value, Value x) {
  if (auto pow = value.getDefiningOp<PowOp>())
    return pow.getLhs() == x && isScalar(pow.getRhs(), 3);
  auto mul = value.getDefiningOp<MulOp>();
  return mul && ((mul.getLhs() == x && matchSquare(mul.getRhs()) == x) ||
                 (mul.getRhs() == x && matchSquare(mul.getLhs()) == x));
}

/// x of tanh(0.79788 (x + 0.044715 x^3)).
static Value matchTanh(Value value) {
  auto tanh = value.getDefiningOp<TanhOp>();
  Value inner = tanh ? besideScalar<MulOp>(tanh.getX(), kSqrt2OverPi) : Value();
  auto add = inner ? inner.getDefiningOp<AddOp>() : AddOp();
  if (!add)
    return {};
  for (auto [x, cubic] : {std::pair<Value, Value>(add.getLhs(), add.getRhs()), {add.getRhs(), add.getLhs()}})
    if (Value cube = besideScalar<MulOp>(cubic, kCubic); cube && isCube(cube, x))
      return x;
  return {};
}

/// The factors of a product, in any nesting; empty when there are more than four.
static SmallVector<Value> getFactors(Value root) {
  SmallVector<Value> factors, worklist = {root};
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    auto mul = value.getDefiningOp<MulOp>();
    // Only a product that nobody else reads may be taken apart.
    if (mul && (value == root || mul->hasOneUse())) {
      worklist.push_back(mul.getLhs());
      worklist.push_back(mul.getRhs());
    } else {
      factors.push_back(value);
    }
    if (factors.size() + worklist.size() > 4)
      return {};
  }
  return factors;
}

FailureOr<GeluMatch> matchGelu(Value root) {
  SmallVector<Value> factors = getFactors(root);
  // x, 0.5 and 1 + f(x), in any order.
  if (factors.size() != 3)
    return failure();
  Value half, sum, x;
  for (Value factor : factors) {
    if (isScalar(factor, 0.5))
      half = factor;
    else if (besideScalar<AddOp>(factor, 1))
      sum = factor;
    else
      x = factor;
  }
  if (!half || !sum || !x)
    return failure();
  Value inner = besideScalar<AddOp>(sum, 1);
  if (matchErf(inner) == x)
    return GeluMatch{x, /*isTanh=*/false};
  if (matchTanh(inner) == x)
    return GeluMatch{x, /*isTanh=*/true};
  return failure();
}

namespace {

struct RecognizeGelu : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    FailureOr<GeluMatch> match = matchGelu(op.getResult());
    if (failed(match))
      return rewriter.notifyMatchFailure(op, "it is no gelu by parts");
    if (match->x.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "its result has another type than x");
    GeluApprox approx = match->isTanh ? GeluApprox::tanh : GeluApprox::none;
    NamedAttribute attributes[] = {
        rewriter.getNamedAttr("approx", GeluApproxAttr::get(rewriter.getContext(), approx))};
    auto gelu = buildChecked<GeluOp>(rewriter, op.getLoc(), match->x, attributes);
    if (!gelu)
      return failure();
    rewriter.replaceOp(op, gelu.getResult());
    return success();
  }
};

} // namespace

void populateRecognizeGeluPatterns(RewritePatternSet &patterns) {
  patterns.add<RecognizeGelu>(patterns.getContext());
}

} // namespace weft
