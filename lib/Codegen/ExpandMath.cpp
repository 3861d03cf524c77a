// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Replaces operations that would become library calls by arithmetic.
#include "weft/Codegen/ExpandMath.h"
#include "MathFunctions.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "weft/Codegen/Passes.h"

namespace weft {
#define GEN_PASS_DEF_WEFTEXPANDMATHPASS
#include "weft/Codegen/Passes.h.inc"
} // namespace weft

using namespace mlir;
using namespace weft;

namespace {

/// Builds the replacement of an op's result from its operands, in the builder's type.
using Expansion = Value (*)(MathBuilder &, ValueRange);

struct ExpandPattern : RewritePattern {
  /// With `isWide` the expansion is in f64 whatever the type of the op.
  ExpandPattern(MLIRContext *context, StringRef name, Expansion expansion, bool isWide, bool hasFMA)
      : RewritePattern(name, /*benefit=*/1, context), expansion(expansion), isWide(isWide), hasFMA(hasFMA) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    Type type = op->getResult(0).getType();
    Type element = getElementTypeOrSelf(type);
    if (!element.isF32() && !element.isF64())
      return rewriter.notifyMatchFailure(op, "not f32 or f64; narrower types are widened first");
    MathBuilder builder(rewriter, op->getLoc(), type, hasFMA);
    if (!isWide || element.isF64()) {
      rewriter.replaceOp(op, expansion(builder, op->getOperands()));
      return success();
    }
    MathBuilder wide = builder.asDouble();
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(arith::ExtFOp::create(rewriter, op->getLoc(), wide.type, operand));
    Value result = expansion(wide, operands);
    rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, type, result);
    return success();
  }

  Expansion expansion;
  bool isWide;
  bool hasFMA;
};

/// sin, cos and tan know whether they were f32, which takes shorter polynomials.
struct ExpandTrig : RewritePattern {
  ExpandTrig(MLIRContext *context, StringRef name, bool hasFMA)
      : RewritePattern(name, /*benefit=*/1, context), hasFMA(hasFMA) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    Type type = op->getResult(0).getType();
    Type element = getElementTypeOrSelf(type);
    if (!element.isF32() && !element.isF64())
      return rewriter.notifyMatchFailure(op, "not f32 or f64; narrower types are widened first");
    bool isNarrow = element.isF32();
    MathBuilder wide = MathBuilder(rewriter, op->getLoc(), type, hasFMA).asDouble();
    Value x = op->getOperand(0);
    if (isNarrow)
      x = arith::ExtFOp::create(rewriter, op->getLoc(), wide.type, x);
    auto [sine, cosine] = buildSinCos(wide, x, isNarrow);
    SmallVector<Value> results;
    if (isa<math::SinOp>(op))
      results = {sine};
    else if (isa<math::CosOp>(op))
      results = {cosine};
    else if (isa<math::TanOp>(op))
      results = {wide.div(sine, cosine)};
    else
      results = {sine, cosine};
    if (isNarrow)
      for (Value &result : results)
        result = arith::TruncFOp::create(rewriter, op->getLoc(), type, result);
    rewriter.replaceOp(op, results);
    return success();
  }

  bool hasFMA;
};

/// e^x, in fewer steps where flags promise that the result is a normal number or need not be accurate.
struct ExpandExp : OpRewritePattern<math::ExpOp> {
  ExpandExp(MLIRContext *context, bool hasFMA) : OpRewritePattern(context), hasFMA(hasFMA) {}
  LogicalResult matchAndRewrite(math::ExpOp op, PatternRewriter &rewriter) const override {
    Type element = getElementTypeOrSelf(op.getType());
    if (!element.isF32() && !element.isF64())
      return rewriter.notifyMatchFailure(op, "not f32 or f64; narrower types are widened first");
    MathBuilder builder(rewriter, op.getLoc(), op.getType(), hasFMA);
    bool isNormal =
        arith::bitEnumContainsAll(op.getFastmath(), arith::FastMathFlags::ninf | arith::FastMathFlags::afn);
    rewriter.replaceOp(op, isNormal ? buildNormalExp(builder, op.getOperand())
                                    : buildExp(builder, op.getOperand()));
    return success();
  }
  bool hasFMA;
};

struct ExpandRemainder : OpRewritePattern<arith::RemFOp> {
  ExpandRemainder(MLIRContext *context, bool hasFMA) : OpRewritePattern(context), hasFMA(hasFMA) {}
  LogicalResult matchAndRewrite(arith::RemFOp op, PatternRewriter &rewriter) const override {
    Type type = op.getType();
    Type element = getElementTypeOrSelf(type);
    if (!element.isF32() && !element.isF64())
      return rewriter.notifyMatchFailure(op, "not f32 or f64; narrower types are widened first");
    MathBuilder wide = MathBuilder(rewriter, op.getLoc(), type, hasFMA).asDouble();
    if (element.isF64()) {
      rewriter.replaceOp(op, buildRemainder(wide, op.getLhs(), op.getRhs(), /*isNarrow=*/false));
      return success();
    }
    Value lhs = arith::ExtFOp::create(rewriter, op.getLoc(), wide.type, op.getLhs());
    Value rhs = arith::ExtFOp::create(rewriter, op.getLoc(), wide.type, op.getRhs());
    rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, type, buildRemainder(wide, lhs, rhs, /*isNarrow=*/true));
    return success();
  }
  bool hasFMA;
};

/// x^n of a float and an integer: as a power of floats, which is exact in the exponent up to 2^53.
struct ExpandFPowI : OpRewritePattern<math::FPowIOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::FPowIOp op, PatternRewriter &rewriter) const override {
    Value exponent = arith::SIToFPOp::create(rewriter, op.getLoc(), op.getType(), op.getRhs());
    rewriter.replaceOpWithNewOp<math::PowFOp>(op, op.getLhs(), exponent);
    return success();
  }
};

/// x^y for a constant y that is a small positive multiple of 1/4: products and square roots.
struct ExpandRootPower : OpRewritePattern<math::PowFOp> {
  ExpandRootPower(MLIRContext *context, bool hasFMA)
      : OpRewritePattern(context, /*benefit=*/2), hasFMA(hasFMA) {}
  LogicalResult matchAndRewrite(math::PowFOp op, PatternRewriter &rewriter) const override {
    Type element = getElementTypeOrSelf(op.getType());
    if (!element.isF32() && !element.isF64())
      return rewriter.notifyMatchFailure(op, "not f32 or f64; narrower types are widened first");
    FloatAttr exponent;
    if (!matchPattern(op.getRhs(), m_Constant(&exponent))) {
      DenseElementsAttr vector;
      if (!matchPattern(op.getRhs(), m_Constant(&vector)) || !vector.isSplat())
        return rewriter.notifyMatchFailure(op, "the exponent is no constant");
      exponent = vector.getSplatValue<FloatAttr>();
    }
    // Up to 2: more factors would round more often than the general form does.
    double quarters = exponent.getValueAsDouble() * 4;
    if (quarters != std::floor(quarters) || quarters < 1 || quarters > 8)
      return rewriter.notifyMatchFailure(op, "the exponent is no multiple of 1/4 between 0 and 2");
    int64_t count = static_cast<int64_t>(quarters);
    MathBuilder m(rewriter, op.getLoc(), op.getType(), hasFMA);
    Value x = op.getLhs();
    if (count % 4 == 0) {
      rewriter.replaceOp(op, count == 4 ? x : m.mul(x, x));
      return success();
    }
    // What roots do not: a power of -infinity is infinite, one of -0 is 0.
    x = m.add(m.select(m.equal(x, -m.infinity()), m.constant(m.infinity()), x), m.constant(0.0));
    Value root = m.sqrt(x), result;
    auto multiply = [&](Value factor) { result = result ? m.mul(result, factor) : factor; };
    if (count >= 4)
      multiply(x);
    if (count % 4 >= 2)
      multiply(root);
    if (count % 2 == 1)
      multiply(m.sqrt(root));
    rewriter.replaceOp(op, result);
    return success();
  }
  bool hasFMA;
};

/// Integer powers by repeated squaring over the bits of the exponent; negative exponents give the truncated
/// quotient.
struct ExpandIPowI : OpRewritePattern<math::IPowIOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::IPowIOp op, PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Type type = op.getType();
    Type element = getElementTypeOrSelf(type);
    auto constant = [&](int64_t value) -> Value {
      TypedAttr attribute = rewriter.getIntegerAttr(element, value);
      if (auto vector = dyn_cast<VectorType>(type))
        attribute = DenseElementsAttr::get(vector, Attribute(attribute));
      return arith::ConstantOp::create(rewriter, loc, attribute);
    };
    Value zero = constant(0), one = constant(1), base = op.getLhs(), exponent = op.getRhs();
    Value result = one, square = base;
    for (unsigned bit = 0, width = element.getIntOrFloatBitWidth(); bit + 1 < width; ++bit) {
      Value mask = arith::AndIOp::create(rewriter, loc, exponent, constant(int64_t(1) << bit));
      Value isSet = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::ne, mask, zero);
      Value product = arith::MulIOp::create(rewriter, loc, result, square);
      result = arith::SelectOp::create(rewriter, loc, isSet, product, result);
      square = arith::MulIOp::create(rewriter, loc, square, square);
    }
    // base^-n: 1 for 1, 1 or -1 for -1, and 0 for all others.
    Value isNegative = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::slt, exponent, zero);
    Value magnitude = arith::MulIOp::create(rewriter, loc, base, base);
    Value isUnit = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::eq, magnitude, one);
    Value isOdd = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::ne,
                                        arith::AndIOp::create(rewriter, loc, exponent, one), zero);
    Value unit = arith::SelectOp::create(rewriter, loc, isOdd, base, one);
    Value inverse = arith::SelectOp::create(rewriter, loc, isUnit, unit, zero);
    rewriter.replaceOp(op, arith::SelectOp::create(rewriter, loc, isNegative, inverse, result));
    return success();
  }
};

/// a * b + c without the instruction. Rounded twice, which --target levels below v3 accept.
template <typename FmaOp> struct ExpandFma : OpRewritePattern<FmaOp> {
  using OpRewritePattern<FmaOp>::OpRewritePattern;
  LogicalResult matchAndRewrite(FmaOp op, PatternRewriter &rewriter) const override {
    Value product = arith::MulFOp::create(rewriter, op.getLoc(), op->getOperand(0), op->getOperand(1));
    rewriter.replaceOpWithNewOp<arith::AddFOp>(op, product, op->getOperand(2));
    return success();
  }
};

Value expandRsqrt(MathBuilder &m, ValueRange x) { return m.div(m.constant(1.0), m.sqrt(x[0])); }

template <Value (*function)(MathBuilder &, Value)> Value unary(MathBuilder &m, ValueRange operands) {
  return function(m, operands[0]);
}
template <Value (*function)(MathBuilder &, Value, Value)> Value binary(MathBuilder &m, ValueRange operands) {
  return function(m, operands[0], operands[1]);
}

template <typename OpTy>
void addExpansion(RewritePatternSet &patterns, Expansion expansion, bool isWide, bool hasFMA) {
  patterns.add(std::make_unique<ExpandPattern>(patterns.getContext(), OpTy::getOperationName(), expansion,
                                               isWide, hasFMA));
}

} // namespace

void weft::populateExpandMathPatterns(RewritePatternSet &patterns, const ExpandMathOptions &options) {
  MLIRContext *context = patterns.getContext();
  bool hasFMA = options.hasFMA;
  // Of the op's own type: what models use everywhere.
  addExpansion<math::ErfOp>(patterns, unary<buildErf>, /*isWide=*/false, hasFMA);
  addExpansion<math::Exp2Op>(patterns, unary<buildExp2>, /*isWide=*/false, hasFMA);
  addExpansion<math::ExpM1Op>(patterns, unary<buildExpM1>, /*isWide=*/false, hasFMA);
  addExpansion<math::Log10Op>(patterns, unary<buildLog10>, /*isWide=*/false, hasFMA);
  addExpansion<math::Log1pOp>(patterns, unary<buildLog1p>, /*isWide=*/false, hasFMA);
  addExpansion<math::Log2Op>(patterns, unary<buildLog2>, /*isWide=*/false, hasFMA);
  addExpansion<math::LogOp>(patterns, unary<buildLog>, /*isWide=*/false, hasFMA);
  addExpansion<math::RsqrtOp>(patterns, expandRsqrt, /*isWide=*/false, hasFMA);
  addExpansion<math::TanhOp>(patterns, unary<buildTanh>, /*isWide=*/false, hasFMA);
  // In f64: rare ones.
  addExpansion<math::AcosOp>(patterns, unary<buildAcos>, /*isWide=*/true, hasFMA);
  addExpansion<math::AcoshOp>(patterns, unary<buildAcosh>, /*isWide=*/true, hasFMA);
  addExpansion<math::AsinOp>(patterns, unary<buildAsin>, /*isWide=*/true, hasFMA);
  addExpansion<math::AsinhOp>(patterns, unary<buildAsinh>, /*isWide=*/true, hasFMA);
  addExpansion<math::Atan2Op>(patterns, binary<buildAtan2>, /*isWide=*/true, hasFMA);
  addExpansion<math::AtanOp>(patterns, unary<buildAtan>, /*isWide=*/true, hasFMA);
  addExpansion<math::AtanhOp>(patterns, unary<buildAtanh>, /*isWide=*/true, hasFMA);
  addExpansion<math::CbrtOp>(patterns, unary<buildCbrt>, /*isWide=*/true, hasFMA);
  addExpansion<math::CoshOp>(patterns, unary<buildCosh>, /*isWide=*/true, hasFMA);
  addExpansion<math::ErfcOp>(patterns, unary<buildErfc>, /*isWide=*/true, hasFMA);
  addExpansion<math::PowFOp>(patterns, binary<buildPow>, /*isWide=*/true, hasFMA);
  addExpansion<math::SinhOp>(patterns, unary<buildSinh>, /*isWide=*/true, hasFMA);
  for (StringRef name : {math::CosOp::getOperationName(), math::SinOp::getOperationName(),
                         math::SincosOp::getOperationName(), math::TanOp::getOperationName()})
    patterns.add(std::make_unique<ExpandTrig>(context, name, hasFMA));
  patterns.add<ExpandExp, ExpandRemainder, ExpandRootPower>(context, hasFMA);
  patterns.add<ExpandFPowI, ExpandIPowI>(context);
  if (!hasFMA)
    patterns.add<ExpandFma<math::FmaOp>, ExpandFma<vector::FMAOp>>(context);
}

namespace {

struct WeftExpandMathPass : weft::impl::WeftExpandMathPassBase<WeftExpandMathPass> {
  using WeftExpandMathPassBase::WeftExpandMathPassBase;
  void runOnOperation() override {
    weft::ExpandMathOptions options{hasFMA, hasF16C};
    if (failed(weft::widenNarrowArithmetic(getOperation())))
      return signalPassFailure();
    RewritePatternSet patterns(&getContext());
    weft::populateExpandMathPatterns(patterns, options);
    weft::populateExpandConversionPatterns(patterns, options);
    GreedyRewriteConfig config;
    config.enableConstantCSE();
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      signalPassFailure();
  }
};

} // namespace
