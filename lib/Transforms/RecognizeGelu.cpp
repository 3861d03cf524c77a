// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises the Gaussian error linear unit in the orders in which exporters write it.
#include "RecognizeSupport.h"
#include "weft/Transforms/Recognize.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {

// 1 / sqrt 2, sqrt(2 / pi), the cubic coefficient of the tanh form and the slope of the sigmoid form
// (Hendrycks and Gimpel, 2016).
static constexpr double kInverseSqrt2 = 0.70710678118654752, kSqrt2OverPi = 0.79788456080286536,
                        kCubic = 0.044715, kQuickSlope = 1.702;

/// What is multiplied by x, as a function of a polynomial in x.
static std::optional<GeluApprox> matchGate(Value gate, Value x, double scale) {
  Type type = tensorOf(x).getElementType();
  if (auto sigmoid = gate.getDefiningOp<SigmoidOp>()) {
    std::optional<Cubic> inner = matchCubic(sigmoid.getX(), x);
    bool isQuick = inner && isNear(*inner, Cubic{0, kQuickSlope, 0, 0}, type) && scale == 1;
    return isQuick ? std::optional(GeluApprox::quick) : std::nullopt;
  }
  Value function = besideScalar<AddOp>(gate, 1);
  if (!function || !isNear(scale, 0.5, type))
    return std::nullopt;
  if (auto erf = function.getDefiningOp<ErfOp>())
    if (std::optional<Cubic> inner = matchCubic(erf.getX(), x);
        inner && isNear(*inner, Cubic{0, kInverseSqrt2, 0, 0}, type))
      return GeluApprox::none;
  if (auto tanh = function.getDefiningOp<TanhOp>())
    if (std::optional<Cubic> inner = matchCubic(tanh.getX(), x);
        inner && isNear(*inner, Cubic{0, kSqrt2OverPi, 0, kSqrt2OverPi * kCubic}, type))
      return GeluApprox::tanh;
  return std::nullopt;
}

FailureOr<GeluMatch> matchGelu(Value root, const char **why) {
  Product product = getProduct(root);
  if (product.factors.size() != 2)
    return decline(why, "it is no product of a constant and two values");
  Value a = product.factors[0], b = product.factors[1];
  for (auto [x, gate] : {std::pair(a, b), std::pair(b, a)})
    if (std::optional<GeluApprox> approx = matchGate(gate, x, product.scale))
      return GeluMatch{x, *approx};
  return decline(why, "neither factor is a gate of the other: 1 + erf or 1 + tanh with gelu's coefficients, "
                      "or a sigmoid of 1.702 x");
}

namespace {

template <typename OpTy> struct RecognizeGelu : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    const char *why = nullptr;
    FailureOr<GeluMatch> match = matchGelu(op.getResult(), &why);
    if (failed(match))
      return rewriter.notifyMatchFailure(op, why);
    FailureOr<SmallVector<Operation *>> ops = getMatchedOps(rewriter, op, match->x);
    if (failed(ops))
      return failure();
    NamedAttribute attributes[] = {
        rewriter.getNamedAttr("approx", GeluApproxAttr::get(rewriter.getContext(), match->approx))};
    auto gelu = buildChecked<GeluOp>(rewriter, op.getLoc(), match->x, attributes);
    if (!gelu)
      return failure();
    replaceMatch(rewriter, *ops, match->x, gelu.getResult());
    return success();
  }
};

} // namespace

void populateRecognizeGeluPatterns(RewritePatternSet &patterns) {
  patterns.add<RecognizeGelu<MulOp>, RecognizeGelu<DivOp>>(patterns.getContext());
}

} // namespace weft
