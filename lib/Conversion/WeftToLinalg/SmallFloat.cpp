// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Float8, float6, float4 and E8M0 as bits: decoding to f32 and rounding from f32.
#include "Scalar.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using llvm::APFloat;
using llvm::APInt;
namespace w = mlir::weft;

namespace weft::conversion {

using Pred = arith::CmpIPredicate;
using FPred = arith::CmpFPredicate;

// Fields of an f32.
constexpr int kMantissaBits = 23, kBias = 127;
constexpr int64_t kMantissaMask = 0x7fffff;

namespace {
/// Fields of a small float format with sign, exponent and mantissa.
struct Format {
  explicit Format(FloatType type) {
    const llvm::fltSemantics &semantics = type.getFloatSemantics();
    width = type.getWidth();
    mantissaBits = APFloat::semanticsPrecision(semantics) - 1;
    minExponent = APFloat::semanticsMinExponent(semantics);
    bias = 1 - minExponent;
    maxCode = APFloat::getLargest(semantics).bitcastToAPInt().getZExtValue();
    if (APFloat::semanticsHasNaN(semantics))
      nanCode = APFloat::getQNaN(semantics).bitcastToAPInt().getZExtValue();
    if (APFloat::semanticsHasInf(semantics))
      infCode = APFloat::getInf(semantics).bitcastToAPInt().getZExtValue();
    hasNegativeZero = !isa<Float8E4M3FNUZType, Float8E5M2FNUZType, Float8E4M3B11FNUZType>(type);
  }
  unsigned width, mantissaBits;
  int minExponent, bias;
  int64_t maxCode;
  std::optional<int64_t> nanCode, infCode;
  bool hasNegativeZero;
};
} // namespace

/// E8M0 bits e to 2^(e - 127); 255 is NaN, 0 the f32 denormal 2^-127.
static Value decodeExponent(ScalarBuilder s, Value code) {
  Type i32 = s.b.getI32Type(), f32 = s.b.getF32Type();
  Value bits = arith::ShLIOp::create(s.b, s.loc, code, s.integer(i32, kMantissaBits));
  bits = s.select(s.cmp(Pred::eq, code, s.integer(i32, 0)), s.integer(i32, 0x400000), bits);
  bits = s.select(s.cmp(Pred::eq, code, s.integer(i32, 255)), s.integer(i32, 0x7fc00000), bits);
  return arith::BitcastOp::create(s.b, s.loc, f32, bits);
}

Value emitDecodeSmallFloat(OpBuilder &b, Location loc, Value bits, FloatType type) {
  ScalarBuilder s{b, loc};
  Type i32 = b.getI32Type(), f32 = b.getF32Type();
  Value code = arith::ExtUIOp::create(b, loc, i32, bits);
  if (isa<Float8E8M0FNUType>(type))
    return decodeExponent(s, code);
  Format format(type);
  Value magnitude = s.bitAnd(code, s.integer(i32, (1 << (format.width - 1)) - 1));
  // Normal numbers: shift into place and correct the exponent's bias.
  Value shifted =
      arith::ShLIOp::create(b, loc, magnitude, s.integer(i32, kMantissaBits - format.mantissaBits));
  Value normalBits =
      s.add(shifted, s.integer(i32, static_cast<int64_t>(kBias - format.bias) << kMantissaBits));
  Value normal = arith::BitcastOp::create(b, loc, f32, normalBits);
  Value small =
      s.mul(arith::SIToFPOp::create(b, loc, f32, magnitude),
            s.real(f32, std::ldexp(1.0, format.minExponent - static_cast<int>(format.mantissaBits))));
  Value isSmall = s.cmp(Pred::ult, magnitude, s.integer(i32, int64_t(1) << format.mantissaBits));
  Value result = s.select(isSmall, small, normal);
  if (format.infCode)
    result = s.select(s.cmp(Pred::eq, magnitude, s.integer(i32, *format.infCode)),
                      s.real(f32, std::numeric_limits<double>::infinity()), result);
  Value sign = arith::ShLIOp::create(
      b, loc, arith::ShRUIOp::create(b, loc, code, s.integer(i32, format.width - 1)), s.integer(i32, 31));
  Value signedBits = s.bitOr(arith::BitcastOp::create(b, loc, i32, result), sign);
  result = arith::BitcastOp::create(b, loc, f32, signedBits);
  if (!format.nanCode)
    return result;
  Value isNaN;
  if (!format.hasNegativeZero) // the bits of -0
    isNaN = s.cmp(Pred::eq, code, s.integer(i32, int64_t(1) << (format.width - 1)));
  else if (format.infCode) // above the infinity
    isNaN = s.cmp(Pred::ugt, magnitude, s.integer(i32, *format.infCode));
  else
    isNaN = s.cmp(Pred::ugt, magnitude, s.integer(i32, format.maxCode));
  return s.select(isNaN, s.real(f32, std::numeric_limits<double>::quiet_NaN()), result);
}

/// f32 to E8M0: a power of two chosen by `round`; negative values and NaN give NaN.
static Value encodeExponent(ScalarBuilder s, Value value, bool saturate, w::CastRound round) {
  Type i32 = s.b.getI32Type(), i8 = s.b.getI8Type();
  Value bits = arith::BitcastOp::create(s.b, s.loc, i32, value);
  Value exponent = arith::ShRUIOp::create(s.b, s.loc, bits, s.integer(i32, kMantissaBits));
  Value mantissa = s.bitAnd(bits, s.integer(i32, kMantissaMask));
  Value isDenormal = s.cmp(Pred::eq, exponent, s.integer(i32, 0));
  // From which mantissa on the next power is taken: in a denormal, the leading bit counts as 2^-127.
  int64_t normalStep = round == w::CastRound::up ? 1 : 0x400000;
  int64_t denormalStep = round == w::CastRound::up ? 0x400001 : 0x600000;
  Value code = exponent;
  if (round != w::CastRound::down) {
    Value step = s.select(isDenormal, s.integer(i32, denormalStep), s.integer(i32, normalStep));
    Value goesUp = s.cmp(Pred::uge, mantissa, step);
    code = s.add(code, arith::ExtUIOp::create(s.b, s.loc, i32, goesUp));
  }
  Value nan = s.integer(i32, 255);
  code = s.select(s.cmp(Pred::ugt, code, s.integer(i32, 254)), saturate ? s.integer(i32, 254) : nan, code);
  Value isZero = s.cmp(FPred::OEQ, value, s.real(value.getType(), 0.0));
  code = s.select(isZero, saturate ? s.integer(i32, 0) : nan, code);
  Value invalid = s.cmp(FPred::ULT, value, s.real(value.getType(), 0.0));
  code = s.select(invalid, nan, code);
  return arith::TruncIOp::create(s.b, s.loc, i8, code);
}

Value emitEncodeSmallFloat(OpBuilder &b, Location loc, Value value, FloatType type, bool saturate,
                           w::CastRound round) {
  ScalarBuilder s{b, loc};
  if (isa<Float8E8M0FNUType>(type))
    return encodeExponent(s, value, saturate, round);
  Format format(type);
  Type i32 = b.getI32Type(), f32 = b.getF32Type();
  Value bits = arith::BitcastOp::create(b, loc, i32, value);
  Value magnitude = s.bitAnd(bits, s.integer(i32, 0x7fffffff));
  Value absValue = arith::BitcastOp::create(b, loc, f32, magnitude);

  // Normal results: round to nearest even by adding half a step minus one, plus the bit that is kept last.
  unsigned dropped = kMantissaBits - format.mantissaBits;
  Value droppedBits = s.integer(i32, dropped);
  Value lastKept = s.bitAnd(arith::ShRUIOp::create(b, loc, magnitude, droppedBits), s.integer(i32, 1));
  Value rounded = s.add(s.add(magnitude, s.integer(i32, (int64_t(1) << (dropped - 1)) - 1)), lastKept);
  Value normal = s.sub(arith::ShRUIOp::create(b, loc, rounded, droppedBits),
                       s.integer(i32, static_cast<int64_t>(kBias - format.bias) << format.mantissaBits));
  // Denormal results: a multiple of the smallest step.
  Value isSmall = s.cmp(FPred::OLT, absValue, s.real(f32, std::ldexp(1.0, format.minExponent)));
  Value steps =
      s.mul(s.select(isSmall, absValue, s.real(f32, 0.0)),
            s.real(f32, std::ldexp(1.0, static_cast<int>(format.mantissaBits) - format.minExponent)));
  Value small = arith::FPToSIOp::create(b, loc, i32, math::RoundEvenOp::create(b, loc, steps));
  Value code = s.select(isSmall, small, normal);

  bool clamps = saturate || (!format.infCode && !format.nanCode);
  int64_t beyond = clamps ? format.maxCode : format.infCode.value_or(format.nanCode.value_or(0));
  Value overflows = s.cmp(Pred::sgt, code, s.integer(i32, format.maxCode));
  code = s.select(overflows, s.integer(i32, beyond), code);
  int64_t signBit = int64_t(1) << (format.width - 1);
  Value negative = s.cmp(Pred::slt, bits, s.integer(i32, 0));
  Value signedCode = s.select(negative, s.bitOr(code, s.integer(i32, signBit)), code);
  if (!format.hasNegativeZero)
    signedCode = s.select(s.cmp(Pred::eq, code, s.integer(i32, 0)), code, signedCode);
  // Formats without NaN take -0 for it.
  Value isNaN = s.cmp(FPred::UNO, value, value);
  signedCode = s.select(isNaN, s.integer(i32, format.nanCode.value_or(signBit)), signedCode);
  return arith::TruncIOp::create(b, loc, b.getI8Type(), signedCode);
}

} // namespace weft::conversion
