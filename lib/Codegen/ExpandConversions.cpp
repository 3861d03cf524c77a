// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conversions between floats of 8, 16, 32 and 64 bits in integer arithmetic, and narrow arithmetic through
// f32.
#include "MathBuilder.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "weft/Codegen/ExpandMath.h"
#include "llvm/ADT/APFloat.h"

using namespace mlir;
using namespace weft;

namespace {

/// What integer arithmetic has to know of a float format of up to 16 bits.
struct NarrowFormat {
  int64_t width;        ///< Bits in all.
  int64_t mantissaBits; ///< Without the hidden one.
  int64_t bias;
  int64_t largest;  ///< Bits of the largest finite number.
  int64_t infinity; ///< Bits of infinity, or of what stands for too large numbers.
  int64_t nan;      ///< Bits of a quiet NaN.
  bool hasInfinity;
  bool hasSignedZero; ///< Else the bits of -0 are the NaN.
};

/// Returns: the format of `type`, or nullopt when conversions are native or the format has no sign and
/// mantissa.
std::optional<NarrowFormat> getFormat(Type type) {
  auto floatType = dyn_cast<FloatType>(type);
  if (!floatType || floatType.getWidth() > 16 || floatType.getWidth() < 8 || isa<Float8E8M0FNUType>(type))
    return std::nullopt;
  const llvm::fltSemantics &semantics = floatType.getFloatSemantics();
  NarrowFormat format;
  format.width = floatType.getWidth();
  format.mantissaBits = llvm::APFloat::semanticsPrecision(semantics) - 1;
  format.bias = 1 - llvm::APFloat::semanticsMinExponent(semantics);
  format.largest = llvm::APFloat::getLargest(semantics).bitcastToAPInt().getZExtValue();
  format.nan = llvm::APFloat::getQNaN(semantics).bitcastToAPInt().getZExtValue();
  format.hasInfinity = llvm::APFloat::semanticsHasInf(semantics);
  format.infinity =
      format.hasInfinity ? llvm::APFloat::getInf(semantics).bitcastToAPInt().getZExtValue() : format.nan;
  format.hasSignedZero =
      llvm::APFloat::semanticsHasSignedRepr(semantics) && format.nan != int64_t(1) << (format.width - 1);
  return format;
}

/// Whether conversions between `type` and f32 have to be written out.
bool needsExpansion(Type type, bool hasF16C) { return getFormat(type) && !(hasF16C && type.isF16()); }

bool isNarrowFloat(Type type) {
  Type element = getElementTypeOrSelf(type);
  auto floatType = dyn_cast<FloatType>(element);
  return floatType && floatType.getWidth() <= 16;
}

/// f32 of the bits `bits` (i32) of a number of `format`.
Value buildWidening(MathBuilder &m, Value bits, const NarrowFormat &format) {
  int64_t signBit = int64_t(1) << (format.width - 1);
  Value sign = m.shiftLeft(m.andInt(bits, signBit), 32 - format.width);
  Value magnitude = m.andInt(bits, signBit - 1);
  Value shifted = m.shiftLeft(magnitude, 23 - format.mantissaBits);
  Value result;
  if (format.bias == 127) {
    result = shifted; // bf16: the upper half of an f32
  } else {
    Value normal = m.addInt(shifted, (127 - format.bias) << 23);
    Value count = arith::SIToFPOp::create(m.builder, m.loc, m.type, magnitude);
    Value denormal = m.bits(m.mul(count, std::ldexp(1.0, 1 - format.bias - format.mantissaBits)));
    Value isSmall =
        m.compareInt(arith::CmpIPredicate::slt, magnitude, m.integer(int64_t(1) << format.mantissaBits));
    result = m.select(isSmall, denormal, normal);
    if (format.hasSignedZero) {
      Value isHuge = m.compareInt(arith::CmpIPredicate::sgt, magnitude, m.integer(format.largest));
      Value special = m.integer(0x7fc00000);
      if (format.hasInfinity) {
        Value isInfinity = m.compareInt(arith::CmpIPredicate::eq, magnitude, m.integer(format.infinity));
        special = m.select(isInfinity, m.integer(0x7f800000), special);
      }
      result = m.select(isHuge, special, result);
    }
  }
  result = m.orInt(result, sign);
  if (!format.hasSignedZero)
    result = m.select(m.compareInt(arith::CmpIPredicate::eq, bits, m.integer(format.nan)),
                      m.integer(0x7fc00000), result);
  return m.fromBits(result);
}

/// Bits (i32) of the f32 number `x` rounded to the nearest number of `format`, ties to even.
Value buildNarrowing(MathBuilder &m, Value x, const NarrowFormat &format) {
  int64_t drop = 23 - format.mantissaBits;
  Value bits = m.bits(x);
  Value sign = m.shiftRight(m.andInt(bits, int64_t(0x80000000)), 32 - format.width);
  Value magnitude = m.andInt(bits, 0x7fffffff);
  Value even = m.andInt(m.shiftRight(magnitude, drop), 1);
  Value rounded = m.addInt(m.addInt(magnitude, even), (int64_t(1) << (drop - 1)) - 1);
  Value result = m.addInt(m.shiftRight(rounded, drop), -((127 - format.bias) << format.mantissaBits));
  if (format.bias != 127) {
    // Below the normal range: adding a number whose last place is the format's smallest rounds as wanted.
    double magic = std::ldexp(1.0, 1 - format.bias - format.mantissaBits + 23);
    Value denormal = m.subInt(m.bits(m.add(m.fromBits(magnitude), magic)), m.bits(m.constant(magic)));
    Value isSmall = m.less(m.fromBits(magnitude), std::ldexp(1.0, 1 - format.bias));
    result = m.select(isSmall, denormal, result);
    Value isHuge = m.compareInt(arith::CmpIPredicate::sgt, result, m.integer(format.largest));
    result = m.select(isHuge, m.integer(format.infinity), result);
  }
  if (!format.hasSignedZero) {
    Value isZero = m.compareInt(arith::CmpIPredicate::eq, result, m.integer(0));
    sign = m.select(isZero, m.integer(0), sign);
  }
  result = m.orInt(result, sign);
  return m.select(m.isNaN(x), m.integer(format.nan), result);
}

/// f64 to f32 such that a second rounding to a shorter format gives the right number: inexact results are
/// made odd.
Value buildRoundToOdd(MathBuilder &m, Value wide, Type wideType) {
  Value nearest = arith::TruncFOp::create(m.builder, m.loc, m.type, wide);
  Value back = arith::ExtFOp::create(m.builder, m.loc, wideType, nearest);
  MathBuilder d(m.builder, m.loc, wideType, m.hasFMA);
  Value isTooLarge = d.less(d.abs(wide), d.abs(back));
  Value isInexact = d.compare(arith::CmpFPredicate::ONE, wide, back);
  Value bits = m.bits(nearest);
  bits = m.subInt(bits, m.select(isTooLarge, m.integer(1), m.integer(0)));
  bits = m.orInt(bits, m.select(isInexact, m.integer(1), m.integer(0)));
  Value isFinite = m.less(m.abs(nearest), m.infinity());
  return m.select(isFinite, m.fromBits(bits), nearest);
}

struct ExpandExtF : OpRewritePattern<arith::ExtFOp> {
  ExpandExtF(MLIRContext *context, bool hasF16C) : OpRewritePattern(context), hasF16C(hasF16C) {}
  LogicalResult matchAndRewrite(arith::ExtFOp op, PatternRewriter &rewriter) const override {
    Type from = getElementTypeOrSelf(op.getIn().getType()), to = getElementTypeOrSelf(op.getType());
    std::optional<NarrowFormat> format = getFormat(from);
    if (!format)
      return rewriter.notifyMatchFailure(op, "no narrow format");
    MathBuilder m =
        MathBuilder(rewriter, op.getLoc(), op.getType(), /*hasFMA=*/false).withElement(rewriter.getF32Type());
    if (!to.isF32()) {
      // In two steps, both exact.
      Value middle = arith::ExtFOp::create(rewriter, op.getLoc(), m.type, op.getIn());
      if (to.isF64())
        rewriter.replaceOpWithNewOp<arith::ExtFOp>(op, op.getType(), middle);
      else
        rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, op.getType(), middle);
      return success();
    }
    if (!needsExpansion(from, hasF16C))
      return rewriter.notifyMatchFailure(op, "the level has an instruction");
    Type narrow = m.withElementType(rewriter.getIntegerType(format->width));
    Value bits = arith::BitcastOp::create(rewriter, op.getLoc(), narrow, op.getIn());
    bits = arith::ExtUIOp::create(rewriter, op.getLoc(), m.getIntType(), bits);
    rewriter.replaceOp(op, buildWidening(m, bits, *format));
    return success();
  }
  bool hasF16C;
};

struct ExpandTruncF : OpRewritePattern<arith::TruncFOp> {
  ExpandTruncF(MLIRContext *context, bool hasF16C) : OpRewritePattern(context), hasF16C(hasF16C) {}
  LogicalResult matchAndRewrite(arith::TruncFOp op, PatternRewriter &rewriter) const override {
    Type from = getElementTypeOrSelf(op.getIn().getType()), to = getElementTypeOrSelf(op.getType());
    std::optional<NarrowFormat> format = getFormat(to);
    if (!format)
      return rewriter.notifyMatchFailure(op, "no narrow format");
    MathBuilder m =
        MathBuilder(rewriter, op.getLoc(), op.getType(), /*hasFMA=*/false).withElement(rewriter.getF32Type());
    if (!from.isF32()) {
      Value middle = from.isF64()
                         ? buildRoundToOdd(m, op.getIn(), op.getIn().getType())
                         : arith::ExtFOp::create(rewriter, op.getLoc(), m.type, op.getIn()).getResult();
      rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, op.getType(), middle);
      return success();
    }
    if (!needsExpansion(to, hasF16C))
      return rewriter.notifyMatchFailure(op, "the level has an instruction");
    Type narrow = m.withElementType(rewriter.getIntegerType(format->width));
    Value bits =
        arith::TruncIOp::create(rewriter, op.getLoc(), narrow, buildNarrowing(m, op.getIn(), *format));
    rewriter.replaceOpWithNewOp<arith::BitcastOp>(op, op.getType(), bits);
    return success();
  }
  bool hasF16C;
};

/// Whether `op` computes with floats rather than moving them.
bool isArithmetic(Operation *op) {
  if (isa<arith::ExtFOp, arith::TruncFOp, arith::BitcastOp, arith::ConstantOp, arith::SelectOp>(op))
    return false;
  return isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) || isa<vector::FMAOp>(op);
}

} // namespace

void weft::populateExpandConversionPatterns(RewritePatternSet &patterns, const ExpandMathOptions &options) {
  patterns.add<ExpandExtF, ExpandTruncF>(patterns.getContext(), options.hasF16C);
}

LogicalResult weft::widenNarrowArithmetic(Operation *root) {
  SmallVector<Operation *> ops;
  root->walk([&](Operation *op) {
    if (isArithmetic(op) && (llvm::any_of(op->getOperandTypes(), isNarrowFloat) ||
                             llvm::any_of(op->getResultTypes(), isNarrowFloat)))
      ops.push_back(op);
  });
  OpBuilder builder(root->getContext());
  for (Operation *op : ops) {
    builder.setInsertionPoint(op);
    // Integers of more than 24 bits reach a 16-bit float in one rounding only through f64.
    bool isWideInt = isa<arith::SIToFPOp, arith::UIToFPOp>(op) &&
                     getElementTypeOrSelf(op->getOperand(0).getType()).getIntOrFloatBitWidth() > 24;
    Type element = isWideInt ? Type(builder.getF64Type()) : Type(builder.getF32Type());
    auto widen = [&](Type type) {
      auto vector = dyn_cast<VectorType>(type);
      return vector ? Type(vector.clone(element)) : element;
    };
    for (OpOperand &operand : op->getOpOperands())
      if (isNarrowFloat(operand.get().getType()))
        operand.set(
            arith::ExtFOp::create(builder, op->getLoc(), widen(operand.get().getType()), operand.get()));
    builder.setInsertionPointAfter(op);
    for (OpResult result : op->getResults()) {
      Type type = result.getType();
      if (!isNarrowFloat(type))
        continue;
      result.setType(widen(type));
      auto narrow = arith::TruncFOp::create(builder, op->getLoc(), type, result);
      result.replaceAllUsesExcept(narrow, narrow);
    }
  }
  return success();
}
