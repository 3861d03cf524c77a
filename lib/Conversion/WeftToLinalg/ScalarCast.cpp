// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scalar casts between element types, with the out-of-range results that docs/spec/elementwise.md fixes.
#include "Scalar.h"

#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using llvm::APFloat;
using llvm::APInt;
namespace w = mlir::weft;

namespace weft::conversion {

using Pred = arith::CmpIPredicate;
using FPred = arith::CmpFPredicate;

static bool isSmallFloat(Type type) { return isa<FloatType>(type) && type.getIntOrFloatBitWidth() <= 8; }

static unsigned getWidth(Type type) { return type.getIntOrFloatBitWidth(); }

/// Brings an i8 that may hold more than `width` bits back to its stored form.
static Value wrapToWidth(ScalarBuilder s, Value value, Type element) {
  unsigned width = getWidth(element);
  if (width == 1 || width >= 8)
    return value;
  Value shift = s.integer(value.getType(), 8 - width);
  Value high = arith::ShLIOp::create(s.b, s.loc, value, shift);
  if (element.isUnsignedInteger())
    return arith::ShRUIOp::create(s.b, s.loc, high, shift);
  return arith::ShRSIOp::create(s.b, s.loc, high, shift);
}

Value emitExtend(OpBuilder &b, Location loc, Value value, Type weftElement, Type wide) {
  if (value.getType() == wide)
    return value;
  if (getWidth(value.getType()) > getWidth(wide))
    return arith::TruncIOp::create(b, loc, wide, value);
  if (isUnsignedElement(weftElement))
    return arith::ExtUIOp::create(b, loc, wide, value);
  return arith::ExtSIOp::create(b, loc, wide, value);
}

//===----------------------------------------------------------------------===//
// Float to integer
//===----------------------------------------------------------------------===//

/// fptosi that saturates; NaN gives 0. `type` is i32 or i64.
static Value toSaturatedInt(ScalarBuilder s, Value x, Type type) {
  unsigned width = getWidth(type);
  Value limit = s.real(x.getType(), std::ldexp(1.0, width - 1));
  Value negLimit = s.real(x.getType(), -std::ldexp(1.0, width - 1));
  Value above = s.cmp(FPred::OGE, x, limit);
  Value notBelow = s.cmp(FPred::OGE, x, negLimit);
  Value below = s.cmp(FPred::OLT, x, negLimit);
  Value inside = s.bitAnd(s.cmp(FPred::OLT, x, limit), notBelow);
  Value safe = s.select(inside, x, s.real(x.getType(), 0.0));
  Value result = arith::FPToSIOp::create(s.b, s.loc, type, safe);
  result = s.select(above, s.bits(type, APInt::getSignedMaxValue(width)), result);
  return s.select(below, s.bits(type, APInt::getSignedMinValue(width)), result);
}

/// To ui64: saturated from above for x >= 0, through i64 for x < 0.
static Value toUnsigned64(ScalarBuilder s, Value x) {
  Type type = s.b.getI64Type();
  Value half = s.real(x.getType(), std::ldexp(1.0, 63));
  Value isLarge = s.cmp(FPred::OGE, x, half);
  Value overflows = s.cmp(FPred::OGE, x, s.real(x.getType(), std::ldexp(1.0, 64)));
  Value low = toSaturatedInt(s, s.select(isLarge, s.sub(x, half), x), type);
  Value high = s.bitXor(low, s.bits(type, APInt::getSignedMinValue(64)));
  Value result = s.select(isLarge, high, low);
  return s.select(overflows, s.bits(type, APInt::getMaxValue(64)), result);
}

static Value floatToInt(ScalarBuilder s, Value x, Type to) {
  unsigned width = getWidth(to);
  if (width == 64)
    return to.isUnsignedInteger() ? toUnsigned64(s, x) : toSaturatedInt(s, x, s.b.getI64Type());
  if (width == 32 && !to.isUnsignedInteger())
    return toSaturatedInt(s, x, s.b.getI32Type());
  // Narrower: the low bits of the i32; ui32: the low bits of the i64.
  Value wide = toSaturatedInt(s, x, width == 32 ? s.b.getI64Type() : s.b.getI32Type());
  Type storage = getStorageElementType(to);
  return wrapToWidth(s, arith::TruncIOp::create(s.b, s.loc, storage, wide), to);
}

//===----------------------------------------------------------------------===//
// Float to float
//===----------------------------------------------------------------------===//

/// f64 to f32 rounded to odd, so that a further rounding to 16 bits or fewer is the correct single one.
static Value roundToOdd(ScalarBuilder s, Value x) {
  Type f32 = s.b.getF32Type(), i32 = s.b.getI32Type();
  Value y = arith::TruncFOp::create(s.b, s.loc, f32, x);
  Value back = arith::ExtFOp::create(s.b, s.loc, x.getType(), y);
  Value bits = arith::BitcastOp::create(s.b, s.loc, i32, y);
  Value absX = math::AbsFOp::create(s.b, s.loc, x), absBack = math::AbsFOp::create(s.b, s.loc, back);
  Value one = s.integer(i32, 1);
  Value toZero = s.select(s.cmp(FPred::OGT, absBack, absX), s.sub(bits, one), bits);
  Value odd = s.bitOr(toZero, one);
  Value result = s.select(s.cmp(FPred::ONE, back, x), odd, bits);
  return arith::BitcastOp::create(s.b, s.loc, f32, result);
}

std::optional<NumericElement> getNumericElement(Type element) {
  Type storage = getStorageElementType(element);
  if (!storage || isa<ComplexType>(element))
    return std::nullopt;
  bool isFloat = isa<FloatType>(element);
  return NumericElement{element, storage, isFloat ? getComputeFloatType(element) : storage, isFloat,
                        isUnsignedElement(element)};
}

Value emitToFloat(OpBuilder &b, Location loc, Value value, Type from, Type compute) {
  if (value.getType() == compute)
    return value;
  if (auto real = dyn_cast<FloatType>(from)) {
    if (isSmallFloat(from))
      value = emitDecodeSmallFloat(b, loc, value, real);
    if (value.getType() == compute)
      return value;
    if (getWidth(value.getType()) > getWidth(compute))
      return arith::TruncFOp::create(b, loc, compute, value);
    return arith::ExtFOp::create(b, loc, compute, value);
  }
  // Sub-byte unsigned values are zero-extended in their byte, so that both conversions agree with the type.
  if (isUnsignedElement(from))
    return arith::UIToFPOp::create(b, loc, compute, value);
  return arith::SIToFPOp::create(b, loc, compute, value);
}

Value emitFromFloat(OpBuilder &b, Location loc, Value value, Type to) {
  ScalarBuilder s{b, loc};
  if (value.getType() == to)
    return value;
  if (to.isInteger(1))
    return s.cmp(FPred::UNE, value, s.real(value.getType(), 0.0));
  if (isa<IntegerType>(to))
    return floatToInt(s, value, to);
  if (getWidth(to) > getWidth(value.getType()))
    return arith::ExtFOp::create(b, loc, to, value);
  if (getWidth(to) < 32 && value.getType().isF64())
    value = roundToOdd(s, value);
  if (isSmallFloat(to))
    return emitEncodeSmallFloat(b, loc, value, cast<FloatType>(to), /*saturate=*/true, w::CastRound::up);
  return arith::TruncFOp::create(b, loc, to, value);
}

//===----------------------------------------------------------------------===//
// The cast op
//===----------------------------------------------------------------------===//

static Value castFromInt(ScalarBuilder s, Value value, Type from, Type to, bool saturate,
                         w::CastRound round) {
  if (to.isInteger(1))
    return s.cmp(Pred::ne, value, s.integer(value.getType(), 0));
  if (isa<IntegerType>(to))
    return wrapToWidth(s, emitExtend(s.b, s.loc, value, from, getStorageElementType(to)), to);
  // i64 has more bits than f32: through f64 the second rounding of a 16-bit result starts from an odd-rounded
  // value.
  bool throughDouble = getWidth(from) > 24 && getWidth(to) < 32;
  Type compute = to.isF64() || throughDouble ? Type(s.b.getF64Type()) : Type(s.b.getF32Type());
  Value real = emitToFloat(s.b, s.loc, value, from, compute);
  if (isSmallFloat(to)) {
    real = throughDouble ? roundToOdd(s, real) : real;
    return emitEncodeSmallFloat(s.b, s.loc, real, cast<FloatType>(to), saturate, round);
  }
  return emitFromFloat(s.b, s.loc, real, to);
}

Value emitCast(OpBuilder &b, Location loc, Value value, Type from, Type to, bool saturate,
               w::CastRound round) {
  ScalarBuilder s{b, loc};
  if (from == to)
    return value;
  if (auto complexTo = dyn_cast<ComplexType>(to)) {
    Type part = complexTo.getElementType();
    if (auto complexFrom = dyn_cast<ComplexType>(from)) {
      Type fromPart = complexFrom.getElementType();
      Value re = emitCast(b, loc, complex::ReOp::create(b, loc, value), fromPart, part);
      Value im = emitCast(b, loc, complex::ImOp::create(b, loc, value), fromPart, part);
      return complex::CreateOp::create(b, loc, to, re, im);
    }
    return complex::CreateOp::create(b, loc, to, emitCast(b, loc, value, from, part), s.real(part, 0.0));
  }
  if (auto complexFrom = dyn_cast<ComplexType>(from))
    return emitCast(b, loc, complex::ReOp::create(b, loc, value), complexFrom.getElementType(), to, saturate,
                    round);
  if (isa<IntegerType>(from))
    return castFromInt(s, value, from, to, saturate, round);
  Type compute = getComputeFloatType(from);
  Value real = emitToFloat(b, loc, value, from, compute);
  if (isSmallFloat(to)) {
    real = compute.isF64() ? roundToOdd(s, real) : real;
    return emitEncodeSmallFloat(b, loc, real, cast<FloatType>(to), saturate, round);
  }
  return emitFromFloat(b, loc, real, to);
}

} // namespace weft::conversion
