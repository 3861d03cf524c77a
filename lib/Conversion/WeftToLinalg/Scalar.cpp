// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scalar code of every elementwise function on booleans, integers, floats and complex numbers.
#include "Scalar.h"

#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using llvm::APInt;
namespace w = mlir::weft;
using w::ScalarFn;

namespace weft::conversion {

using Pred = arith::CmpIPredicate;
using FPred = arith::CmpFPredicate;

//===----------------------------------------------------------------------===//
// Short names
//===----------------------------------------------------------------------===//

Value ScalarBuilder::add(Value x, Value y) {
  if (isa<FloatType>(x.getType()))
    return arith::AddFOp::create(b, loc, x, y);
  return arith::AddIOp::create(b, loc, x, y);
}
Value ScalarBuilder::sub(Value x, Value y) {
  if (isa<FloatType>(x.getType()))
    return arith::SubFOp::create(b, loc, x, y);
  return arith::SubIOp::create(b, loc, x, y);
}
Value ScalarBuilder::mul(Value x, Value y) {
  if (isa<FloatType>(x.getType()))
    return arith::MulFOp::create(b, loc, x, y);
  return arith::MulIOp::create(b, loc, x, y);
}
Value ScalarBuilder::select(Value cond, Value x, Value y) {
  return arith::SelectOp::create(b, loc, cond, x, y);
}
Value ScalarBuilder::cmp(Pred pred, Value x, Value y) { return arith::CmpIOp::create(b, loc, pred, x, y); }
Value ScalarBuilder::cmp(FPred pred, Value x, Value y) { return arith::CmpFOp::create(b, loc, pred, x, y); }
Value ScalarBuilder::bitAnd(Value x, Value y) { return arith::AndIOp::create(b, loc, x, y); }
Value ScalarBuilder::bitOr(Value x, Value y) { return arith::OrIOp::create(b, loc, x, y); }
Value ScalarBuilder::bitXor(Value x, Value y) { return arith::XOrIOp::create(b, loc, x, y); }

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

static Value isNaN(ScalarBuilder s, Value x) { return s.cmp(FPred::UNO, x, x); }

Value emitExtremum(ScalarBuilder s, Value x, Value y, bool isUnsigned, bool isMax) {
  if (isa<FloatType>(x.getType()))
    return isMax ? Value(arith::MaximumFOp::create(s.b, s.loc, x, y))
                 : Value(arith::MinimumFOp::create(s.b, s.loc, x, y));
  if (isUnsigned)
    return isMax ? Value(arith::MaxUIOp::create(s.b, s.loc, x, y))
                 : Value(arith::MinUIOp::create(s.b, s.loc, x, y));
  return isMax ? Value(arith::MaxSIOp::create(s.b, s.loc, x, y))
               : Value(arith::MinSIOp::create(s.b, s.loc, x, y));
}

Value emitIsBefore(ScalarBuilder s, Value x, Value y, bool isUnsigned, bool largest) {
  if (!isa<FloatType>(x.getType())) {
    Pred greater = isUnsigned ? Pred::ugt : Pred::sgt, less = isUnsigned ? Pred::ult : Pred::slt;
    return s.cmp(largest ? greater : less, x, y);
  }
  // NaN is the greatest: x is before y in descending order when x is NaN and y is not, in ascending when y is
  // and x not.
  Value ordered = s.cmp(largest ? FPred::OGT : FPred::OLT, x, y);
  Value nanDecides = largest ? s.bitAnd(isNaN(s, x), s.cmp(FPred::ORD, y, y))
                             : s.bitAnd(isNaN(s, y), s.cmp(FPred::ORD, x, x));
  return s.bitOr(ordered, nanDecides);
}

static Value emitCompare(ScalarBuilder s, w::ComparePredicate pred, Value x, Value y, bool isUnsigned) {
  using P = w::ComparePredicate;
  if (isa<ComplexType>(x.getType())) {
    if (pred == P::eq)
      return complex::EqualOp::create(s.b, s.loc, x, y);
    return pred == P::ne ? Value(complex::NotEqualOp::create(s.b, s.loc, x, y)) : Value();
  }
  if (isa<FloatType>(x.getType())) {
    static constexpr FPred kFloat[] = {FPred::OEQ, FPred::UNE, FPred::OLT,
                                       FPred::OLE, FPred::OGT, FPred::OGE};
    return s.cmp(kFloat[static_cast<uint32_t>(pred)], x, y);
  }
  static constexpr Pred kSigned[] = {Pred::eq, Pred::ne, Pred::slt, Pred::sle, Pred::sgt, Pred::sge};
  static constexpr Pred kUnsigned[] = {Pred::eq, Pred::ne, Pred::ult, Pred::ule, Pred::ugt, Pred::uge};
  return s.cmp((isUnsigned ? kUnsigned : kSigned)[static_cast<uint32_t>(pred)], x, y);
}

//===----------------------------------------------------------------------===//
// Floats
//===----------------------------------------------------------------------===//

static Value emitDivF(ScalarBuilder s, Value x, Value y) { return arith::DivFOp::create(s.b, s.loc, x, y); }

/// 1 / x of an f32 x in [1, 2^126], within 1 ulp; NaN stays NaN. Three Newton steps from a guess within 12 %,
/// the exponent's negation, cost a fourth of a division's time in vectors.
static Value emitReciprocal(ScalarBuilder s, Value x) {
  Type bits = s.b.getI32Type();
  Value xBits = arith::BitcastOp::create(s.b, s.loc, bits, x);
  Value guess = s.sub(s.integer(bits, 0x7ef311c7), xBits);
  Value result = arith::BitcastOp::create(s.b, s.loc, x.getType(), guess);
  Value negated = arith::NegFOp::create(s.b, s.loc, x), one = s.real(x.getType(), 1.0);
  for (int step = 0; step < 3; ++step) {
    Value error = math::FmaOp::create(s.b, s.loc, negated, result, one);
    result = math::FmaOp::create(s.b, s.loc, result, error, result);
  }
  return result;
}

static Value emitSigmoid(ScalarBuilder s, Value x) {
  Type type = x.getType();
  Value negated = arith::NegFOp::create(s.b, s.loc, x), one = s.real(type, 1.0);
  if (!type.isF32())
    return emitDivF(s, one, s.add(one, math::ExpOp::create(s.b, s.loc, negated)));
  // Below -87 the result is about the least normal number: 0. The flags say that the exponential is in the
  // normal range, or so small that it does not matter.
  Value limit = s.real(type, 87.0);
  Value isLarge = s.cmp(arith::CmpFPredicate::OGT, negated, limit);
  auto flags = arith::FastMathFlags::ninf | arith::FastMathFlags::afn;
  Value exp = math::ExpOp::create(s.b, s.loc, s.select(isLarge, limit, negated), flags);
  return s.select(isLarge, s.real(type, 0.0), emitReciprocal(s, s.add(one, exp)));
}

static Value emitGelu(ScalarBuilder s, Value x, w::GeluOp op) {
  Type type = x.getType();
  if (op.getApprox() == w::GeluApprox::quick)
    return s.mul(x, emitSigmoid(s, s.mul(x, s.real(type, op.getAlpha().convertToDouble()))));
  Value inner;
  if (op.getApprox() == w::GeluApprox::tanh) {
    // tanh(sqrt(2 / pi) * (x + 0.044715 x^3))
    Value cube = s.mul(s.mul(x, x), x);
    Value sum = s.add(x, s.mul(cube, s.real(type, 0.044715)));
    inner = math::TanhOp::create(s.b, s.loc, s.mul(sum, s.real(type, 0.79788456080286535588)));
  } else {
    // erf(x / sqrt(2))
    inner = math::ErfOp::create(s.b, s.loc, s.mul(x, s.real(type, 0.70710678118654752440)));
  }
  return s.mul(s.mul(s.real(type, 0.5), x), s.add(s.real(type, 1.0), inner));
}

/// The value of a float scalar that is an arith.constant, else nullopt.
static std::optional<double> getConstant(Value value) {
  FloatAttr attr;
  if (!matchPattern(value, m_Constant(&attr)))
    return std::nullopt;
  return attr.getValueAsDouble();
}

static Value emitPowF(ScalarBuilder s, Value x, Value y) {
  std::optional<double> exponent = getConstant(y);
  if (exponent == 1.0)
    return x;
  if (exponent == 2.0)
    return s.mul(x, x);
  if (exponent == 3.0)
    return s.mul(s.mul(x, x), x);
  if (exponent == -1.0)
    return emitDivF(s, s.real(x.getType(), 1.0), x);
  if (exponent == 0.5) {
    // pow(-0, 0.5) is +0 and pow(-inf, 0.5) is +inf, unlike the square root.
    Value inf = s.real(x.getType(), std::numeric_limits<double>::infinity());
    Value root = math::SqrtOp::create(s.b, s.loc, s.add(x, s.real(x.getType(), 0.0)));
    return s.select(s.cmp(FPred::OEQ, x, arith::NegFOp::create(s.b, s.loc, inf)), inf, root);
  }
  return math::PowFOp::create(s.b, s.loc, x, y);
}

static Value emitModF(ScalarBuilder s, Value x, Value y, bool fmod) {
  Value rem = arith::RemFOp::create(s.b, s.loc, x, y);
  if (fmod)
    return rem;
  // The result takes the sign of the divisor, also when it is zero.
  Value zero = s.real(x.getType(), 0.0);
  Value isZero = s.cmp(FPred::OEQ, rem, zero);
  Value signsDiffer = s.cmp(Pred::ne, s.cmp(FPred::OLT, rem, zero), s.cmp(FPred::OLT, y, zero));
  Value moved = s.select(signsDiffer, s.add(rem, y), rem);
  return s.select(isZero, math::CopySignOp::create(s.b, s.loc, zero, y), moved);
}

/// Functions of one float that are one math op each; null for the others.
static Value emitMathOp(ScalarBuilder s, ScalarFn fn, Value x) {
  OpBuilder &b = s.b;
  Location loc = s.loc;
  switch (fn) {
  case ScalarFn::abs:
    return math::AbsFOp::create(b, loc, x);
  case ScalarFn::neg:
    return arith::NegFOp::create(b, loc, x);
  case ScalarFn::exp:
    return math::ExpOp::create(b, loc, x);
  case ScalarFn::expm1:
    return math::ExpM1Op::create(b, loc, x);
  case ScalarFn::log:
    return math::LogOp::create(b, loc, x);
  case ScalarFn::log1p:
    return math::Log1pOp::create(b, loc, x);
  case ScalarFn::sqrt:
    return math::SqrtOp::create(b, loc, x);
  case ScalarFn::rsqrt:
    return math::RsqrtOp::create(b, loc, x);
  case ScalarFn::sin:
    return math::SinOp::create(b, loc, x);
  case ScalarFn::cos:
    return math::CosOp::create(b, loc, x);
  case ScalarFn::tan:
    return math::TanOp::create(b, loc, x);
  case ScalarFn::asin:
    return math::AsinOp::create(b, loc, x);
  case ScalarFn::acos:
    return math::AcosOp::create(b, loc, x);
  case ScalarFn::atan:
    return math::AtanOp::create(b, loc, x);
  case ScalarFn::sinh:
    return math::SinhOp::create(b, loc, x);
  case ScalarFn::cosh:
    return math::CoshOp::create(b, loc, x);
  case ScalarFn::tanh:
    return math::TanhOp::create(b, loc, x);
  case ScalarFn::asinh:
    return math::AsinhOp::create(b, loc, x);
  case ScalarFn::acosh:
    return math::AcoshOp::create(b, loc, x);
  case ScalarFn::atanh:
    return math::AtanhOp::create(b, loc, x);
  case ScalarFn::erf:
    return math::ErfOp::create(b, loc, x);
  case ScalarFn::ceil:
    return math::CeilOp::create(b, loc, x);
  case ScalarFn::floor:
    return math::FloorOp::create(b, loc, x);
  case ScalarFn::round:
    return math::RoundEvenOp::create(b, loc, x);
  default:
    return nullptr;
  }
}

static Value emitSignF(ScalarBuilder s, Value x) {
  Type type = x.getType();
  Value zero = s.real(type, 0.0);
  Value negative = s.select(s.cmp(FPred::OLT, x, zero), s.real(type, -1.0), s.select(isNaN(s, x), x, zero));
  return s.select(s.cmp(FPred::OGT, x, zero), s.real(type, 1.0), negative);
}

static Value emitIsInf(ScalarBuilder s, Value x, w::IsInfOp op) {
  Value inf = s.real(x.getType(), std::numeric_limits<double>::infinity());
  Value never = arith::ConstantOp::create(s.b, s.loc, s.b.getBoolAttr(false));
  Value isPos = op.getPos() ? s.cmp(FPred::OEQ, x, inf) : never;
  Value isNeg = op.getNeg() ? s.cmp(FPred::OEQ, x, arith::NegFOp::create(s.b, s.loc, inf)) : never;
  return s.bitOr(isPos, isNeg);
}

/// Operands and result in f32 or f64 (the predicates give i1); null when `fn` is not defined on floats.
static Value emitFloat(ScalarBuilder s, ScalarFn fn, Operation *op, ValueRange x) {
  switch (fn) {
  case ScalarFn::sign:
    return emitSignF(s, x[0]);
  case ScalarFn::sigmoid:
    return emitSigmoid(s, x[0]);
  case ScalarFn::gelu:
    return emitGelu(s, x[0], cast<w::GeluOp>(op));
  case ScalarFn::is_nan:
    return isNaN(s, x[0]);
  case ScalarFn::is_inf:
    return emitIsInf(s, x[0], cast<w::IsInfOp>(op));
  case ScalarFn::add:
    return s.add(x[0], x[1]);
  case ScalarFn::sub:
    return s.sub(x[0], x[1]);
  case ScalarFn::mul:
    return s.mul(x[0], x[1]);
  case ScalarFn::div:
    return emitDivF(s, x[0], x[1]);
  case ScalarFn::pow:
    return emitPowF(s, x[0], x[1]);
  case ScalarFn::mod:
    return emitModF(s, x[0], x[1], cast<w::ModOp>(op).getFmod());
  case ScalarFn::max:
    return emitExtremum(s, x[0], x[1], /*isUnsigned=*/false, /*isMax=*/true);
  case ScalarFn::min:
    return emitExtremum(s, x[0], x[1], /*isUnsigned=*/false, /*isMax=*/false);
  case ScalarFn::compare:
    return emitCompare(s, cast<w::CompareOp>(op).getPred(), x[0], x[1], /*isUnsigned=*/false);
  default:
    return emitMathOp(s, fn, x[0]);
  }
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

Value emitIntDiv(ScalarBuilder s, Value x, Value y, bool isUnsigned) {
  Type type = x.getType();
  Value zero = s.integer(type, 0), one = s.integer(type, 1);
  Value byZero = s.cmp(Pred::eq, y, zero);
  if (isUnsigned) {
    Value quotient = arith::DivUIOp::create(s.b, s.loc, x, s.select(byZero, one, y));
    return s.select(byZero, zero, quotient);
  }
  Value byMinusOne = s.cmp(Pred::eq, y, s.integer(type, -1));
  Value safe = s.select(s.bitOr(byZero, byMinusOne), one, y);
  Value quotient = arith::DivSIOp::create(s.b, s.loc, x, safe);
  return s.select(byZero, zero, s.select(byMinusOne, s.sub(zero, x), quotient));
}

static Value emitIntMod(ScalarBuilder s, Value x, Value y, bool isUnsigned, bool fmod) {
  Type type = x.getType();
  Value zero = s.integer(type, 0), one = s.integer(type, 1);
  Value byZero = s.cmp(Pred::eq, y, zero);
  if (isUnsigned) {
    Value rem = arith::RemUIOp::create(s.b, s.loc, x, s.select(byZero, one, y));
    return s.select(byZero, zero, rem);
  }
  // The remainder by -1 is that by 1; the hardware traps on MIN % -1.
  Value byMinusOne = s.cmp(Pred::eq, y, s.integer(type, -1));
  Value rem = arith::RemSIOp::create(s.b, s.loc, x, s.select(s.bitOr(byZero, byMinusOne), one, y));
  if (!fmod) {
    Value signsDiffer = s.cmp(Pred::slt, s.bitXor(rem, y), zero);
    Value moves = s.bitAnd(s.cmp(Pred::ne, rem, zero), signsDiffer);
    rem = s.select(moves, s.add(rem, y), rem);
  }
  return s.select(byZero, zero, rem);
}

/// Power by squaring modulo 2^N; a negative exponent gives 0, except for the bases 1 and -1.
static Value emitIntPow(ScalarBuilder s, Value base, Value exponent, bool exponentUnsigned) {
  Type type = base.getType();
  Value zero = s.integer(type, 0), one = s.integer(type, 1);
  Type expType = exponent.getType();
  Value expZero = s.integer(expType, 0), expOne = s.integer(expType, 1);
  Value lower = createIndex(s.b, s.loc, 0), step = createIndex(s.b, s.loc, 1);
  Value upper = createIndex(s.b, s.loc, expType.getIntOrFloatBitWidth());
  auto loop = scf::ForOp::create(s.b, s.loc, lower, upper, step, ValueRange{one, base, exponent},
                                 [&](OpBuilder &nested, Location loc, Value, ValueRange args) {
                                   ScalarBuilder t{nested, loc};
                                   Value isSet = t.cmp(Pred::ne, t.bitAnd(args[2], expOne), expZero);
                                   Value product = t.select(isSet, t.mul(args[0], args[1]), args[0]);
                                   Value square = t.mul(args[1], args[1]);
                                   Value rest = arith::ShRUIOp::create(nested, loc, args[2], expOne);
                                   scf::YieldOp::create(nested, loc, ValueRange{product, square, rest});
                                 });
  Value result = loop.getResult(0);
  if (exponentUnsigned)
    return result;
  Value minusOne = s.integer(type, -1);
  Value isOdd = s.cmp(Pred::ne, s.bitAnd(exponent, expOne), expZero);
  Value ofMinusOne = s.select(isOdd, minusOne, one);
  Value negative =
      s.select(s.cmp(Pred::eq, base, one), one, s.select(s.cmp(Pred::eq, base, minusOne), ofMinusOne, zero));
  return s.select(s.cmp(Pred::slt, exponent, expZero), negative, result);
}

/// Counts outside of [0, width) shift everything out.
static Value emitShift(ScalarBuilder s, w::ShiftDirection direction, Value x, Value count, bool isUnsigned,
                       unsigned width) {
  Type type = x.getType();
  Value inside = s.cmp(Pred::ult, count, s.integer(type, width));
  Value safe = s.select(inside, count, s.integer(type, 0));
  if (direction == w::ShiftDirection::left)
    return s.select(inside, arith::ShLIOp::create(s.b, s.loc, x, safe), s.integer(type, 0));
  if (isUnsigned)
    return s.select(inside, arith::ShRUIOp::create(s.b, s.loc, x, safe), s.integer(type, 0));
  Value allSign =
      arith::ShRSIOp::create(s.b, s.loc, x, s.integer(type, x.getType().getIntOrFloatBitWidth() - 1));
  return s.select(inside, arith::ShRSIOp::create(s.b, s.loc, x, safe), allSign);
}

static Value emitSignI(ScalarBuilder s, Value x, bool isUnsigned) {
  Value zero = s.integer(x.getType(), 0), one = s.integer(x.getType(), 1);
  Value positive = s.select(s.cmp(Pred::ne, x, zero), one, zero);
  return isUnsigned ? positive : s.select(s.cmp(Pred::slt, x, zero), s.integer(x.getType(), -1), positive);
}

/// Operands and result are signless integers or i1; null when `fn` is not defined on integers.
static Value emitInt(ScalarBuilder s, ScalarFn fn, Operation *op, ValueRange x, Type element) {
  bool isUnsigned = isUnsignedElement(element);
  bool isBool = element.isInteger(1);
  Type type = x[0].getType();
  switch (fn) {
  case ScalarFn::abs:
    return isUnsigned
               ? x[0]
               : s.select(s.cmp(Pred::slt, x[0], s.integer(type, 0)), s.sub(s.integer(type, 0), x[0]), x[0]);
  case ScalarFn::neg:
    return s.sub(s.integer(type, 0), x[0]);
  case ScalarFn::sign:
    return emitSignI(s, x[0], isUnsigned);
  case ScalarFn::ceil:
  case ScalarFn::floor:
  case ScalarFn::round:
    return x[0];
  case ScalarFn::not_:
    return s.bitXor(x[0], s.bits(type, APInt::getAllOnes(ScalarBuilder::bits(type))));
  case ScalarFn::is_nan:
  case ScalarFn::is_inf:
    return arith::ConstantOp::create(s.b, s.loc, s.b.getBoolAttr(false));
  case ScalarFn::add:
    return isBool ? s.bitOr(x[0], x[1]) : s.add(x[0], x[1]);
  case ScalarFn::sub:
    return isBool ? s.bitXor(x[0], x[1]) : s.sub(x[0], x[1]);
  case ScalarFn::mul:
    return isBool ? s.bitAnd(x[0], x[1]) : s.mul(x[0], x[1]);
  case ScalarFn::div:
    return emitIntDiv(s, x[0], x[1], isUnsigned);
  case ScalarFn::mod:
    return emitIntMod(s, x[0], x[1], isUnsigned, cast<w::ModOp>(op).getFmod());
  case ScalarFn::max:
    return emitExtremum(s, x[0], x[1], isUnsigned, /*isMax=*/true);
  case ScalarFn::min:
    return emitExtremum(s, x[0], x[1], isUnsigned, /*isMax=*/false);
  case ScalarFn::and_:
    return s.bitAnd(x[0], x[1]);
  case ScalarFn::or_:
    return s.bitOr(x[0], x[1]);
  case ScalarFn::xor_:
    return s.bitXor(x[0], x[1]);
  case ScalarFn::shift:
    return emitShift(s, cast<w::ShiftOp>(op).getDir(), x[0], x[1], isUnsigned,
                     element.getIntOrFloatBitWidth());
  case ScalarFn::compare:
    return emitCompare(s, cast<w::CompareOp>(op).getPred(), x[0], x[1], isUnsigned);
  default:
    return nullptr;
  }
}

//===----------------------------------------------------------------------===//
// Complex numbers, and the choice
//===----------------------------------------------------------------------===//

static Value emitComplex(ScalarBuilder s, ScalarFn fn, Operation *op, ValueRange x) {
  OpBuilder &b = s.b;
  Location loc = s.loc;
  switch (fn) {
  case ScalarFn::abs:
    return complex::AbsOp::create(b, loc, x[0]);
  case ScalarFn::neg:
    return complex::NegOp::create(b, loc, x[0]);
  case ScalarFn::add:
    return complex::AddOp::create(b, loc, x[0], x[1]);
  case ScalarFn::sub:
    return complex::SubOp::create(b, loc, x[0], x[1]);
  case ScalarFn::mul:
    return complex::MulOp::create(b, loc, x[0], x[1]);
  case ScalarFn::div:
    return complex::DivOp::create(b, loc, x[0], x[1]);
  case ScalarFn::compare:
    return emitCompare(s, cast<w::CompareOp>(op).getPred(), x[0], x[1], /*isUnsigned=*/false);
  default:
    return nullptr;
  }
}

static Type getElement(Value tensor) { return getElementTypeOrSelf(tensor.getType()); }

/// Power of mixed types: in f64, then cast to the base's type; integers with integers by squaring.
static Value emitPow(ScalarBuilder s, Operation *op, ValueRange x) {
  Type base = getElement(op->getOperand(0)), exponent = getElement(op->getOperand(1));
  if (isa<IntegerType>(base) && isa<IntegerType>(exponent))
    return emitIntPow(s, x[0], x[1], isUnsignedElement(exponent));
  bool mixed = base != exponent;
  Type compute = mixed ? Type(s.b.getF64Type()) : getComputeFloatType(base);
  Value wideBase = emitToFloat(s.b, s.loc, x[0], base, compute);
  Value wideExponent = emitToFloat(s.b, s.loc, x[1], exponent, compute);
  Value power = emitPowF(s, wideBase, wideExponent);
  return emitFromFloat(s.b, s.loc, power, base);
}

/// Same bits under another type of the same width.
static Value emitBitcast(ScalarBuilder s, Value x, Type to) {
  Type storage = getStorageElementType(to);
  return x.getType() == storage ? x : Value(arith::BitcastOp::create(s.b, s.loc, storage, x));
}

bool canEmitScalar(Operation *op) {
  auto elementwise = dyn_cast<w::ElementwiseOpInterface>(op);
  if (!elementwise)
    return false;
  auto isPlain = [](Value value) {
    Type element = getElement(value);
    return getStorageElementType(element) && !isa<quant::QuantizedType>(element);
  };
  return llvm::all_of(op->getOperands(), isPlain) && llvm::all_of(op->getResults(), isPlain);
}

Value emitScalar(OpBuilder &b, Location loc, ScalarFn fn, Operation *op, ValueRange operands) {
  ScalarBuilder s{b, loc};
  Type result = getElement(op->getResult(0));
  Value value;
  if (fn == ScalarFn::select)
    return s.select(operands[0], operands[1], operands[2]);
  Type element = getElement(op->getOperand(0));
  if (fn == ScalarFn::cast) {
    auto castOp = llvm::cast<w::CastOp>(op);
    return emitCast(b, loc, operands[0], element, result, castOp.getSaturate(), castOp.getRoundMode());
  }
  if (fn == ScalarFn::bitcast)
    return emitBitcast(s, operands[0], result);
  if (fn == ScalarFn::pow && !isa<ComplexType>(element))
    value = emitPow(s, op, operands);
  else if (isa<ComplexType>(element))
    value = emitComplex(s, fn, op, operands);
  else if (isa<IntegerType>(element))
    value = emitInt(s, fn, op, operands, element);
  else if (isa<FloatType>(element)) {
    Type compute = getComputeFloatType(element);
    SmallVector<Value> wide;
    for (auto [operand, weftOperand] : llvm::zip_equal(operands, op->getOperands()))
      wide.push_back(emitToFloat(b, loc, operand, getElement(weftOperand), compute));
    value = emitFloat(s, fn, op, wide);
    if (value && value.getType() == compute)
      value = emitFromFloat(b, loc, value, result);
  }
  if (!value) {
    op->emitOpError() << "has no lowering on elements of type " << element;
    return nullptr;
  }
  // Results of sub-byte integers go back to their stored form.
  if (auto integer = dyn_cast<IntegerType>(result);
      integer && integer.getWidth() > 1 && integer.getWidth() < 8) {
    Value shift = s.integer(value.getType(), 8 - integer.getWidth());
    Value high = arith::ShLIOp::create(b, loc, value, shift);
    value = integer.isUnsigned() ? Value(arith::ShRUIOp::create(b, loc, high, shift))
                                 : Value(arith::ShRSIOp::create(b, loc, high, shift));
  }
  return value;
}

} // namespace weft::conversion
