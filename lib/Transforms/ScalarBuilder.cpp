// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scalar arithmetic for the elements of small tensors.
#include "ScalarBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

#include <cmath>

using namespace mlir;
using namespace mlir::weft;

namespace weft {

Value ScalarBuilder::indexConstant(Location loc, int64_t value) {
  return arith::ConstantIndexOp::create(b, loc, value);
}

static std::optional<int64_t> getInteger(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)) && constant.getSignificantBits() <= 64)
    return constant.getSExtValue();
  return std::nullopt;
}

static std::optional<double> getDouble(Value value) {
  FloatAttr constant;
  if (!matchPattern(value, m_Constant(&constant)))
    return std::nullopt;
  return constant.getValueAsDouble();
}

/// a / b and a mod b with the rules of the op set: truncation (floor for modulo), 0 for a divisor of 0.
Value ScalarBuilder::divide(Location loc, Value x, Value y, bool isModulo, bool isFloor) {
  std::optional<int64_t> divisor = getInteger(y);
  if (divisor && *divisor == 0)
    return indexConstant(loc, 0);
  // Sizes are not negative, and where both are, truncation and floor agree; only a constant can be negative.
  bool isSafe = divisor && *divisor > 0;
  Value zero = indexConstant(loc, 0);
  Value isZero, safe = y;
  if (!isSafe) {
    isZero = b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, y, zero);
    safe = b.createOrFold<arith::SelectOp>(loc, isZero, indexConstant(loc, 1), y);
  }
  Value result;
  if (!isModulo) {
    result = b.createOrFold<arith::DivSIOp>(loc, x, safe);
  } else if (!isFloor) {
    result = b.createOrFold<arith::RemSIOp>(loc, x, safe);
  } else {
    Value quotient = b.createOrFold<arith::FloorDivSIOp>(loc, x, safe);
    result = b.createOrFold<arith::SubIOp>(loc, x, b.createOrFold<arith::MulIOp>(loc, quotient, safe));
  }
  return isSafe ? result : b.createOrFold<arith::SelectOp>(loc, isZero, zero, result);
}

Value ScalarBuilder::applyIndex(Location loc, ScalarFn fn, ArrayRef<Value> args) {
  Value zero = indexConstant(loc, 0);
  switch (fn) {
  case ScalarFn::add:
    return b.createOrFold<arith::AddIOp>(loc, args[0], args[1]);
  case ScalarFn::sub:
    return b.createOrFold<arith::SubIOp>(loc, args[0], args[1]);
  case ScalarFn::mul:
    return b.createOrFold<arith::MulIOp>(loc, args[0], args[1]);
  case ScalarFn::div:
    return divide(loc, args[0], args[1], /*isModulo=*/false, /*isFloor=*/false);
  case ScalarFn::max:
    return b.createOrFold<arith::MaxSIOp>(loc, args[0], args[1]);
  case ScalarFn::min:
    return b.createOrFold<arith::MinSIOp>(loc, args[0], args[1]);
  case ScalarFn::neg:
    return b.createOrFold<arith::SubIOp>(loc, zero, args[0]);
  case ScalarFn::abs:
    return b.createOrFold<arith::MaxSIOp>(loc, args[0], b.createOrFold<arith::SubIOp>(loc, zero, args[0]));
  case ScalarFn::ceil:
  case ScalarFn::floor:
  case ScalarFn::round:
    return args[0];
  default:
    return {};
  }
}

Value ScalarBuilder::applyBool(Location loc, ScalarFn fn, ArrayRef<Value> args) {
  switch (fn) {
  case ScalarFn::and_:
    return b.createOrFold<arith::AndIOp>(loc, args[0], args[1]);
  case ScalarFn::or_:
    return b.createOrFold<arith::OrIOp>(loc, args[0], args[1]);
  case ScalarFn::xor_:
    return b.createOrFold<arith::XOrIOp>(loc, args[0], args[1]);
  case ScalarFn::not_:
    return b.createOrFold<arith::XOrIOp>(loc, args[0],
                                         arith::ConstantOp::create(b, loc, b.getBoolAttr(true)));
  default:
    return {};
  }
}

Value ScalarBuilder::applyFloat(Location loc, ScalarFn fn, ArrayRef<Value> args) {
  auto ratioOf = [&](Value value) -> std::optional<Ratio> {
    auto it = ratios.find(value);
    return it == ratios.end() ? std::nullopt : std::optional<Ratio>(it->second);
  };
  // A product or quotient of a size and an integer, or the inverse of one.
  auto scaled = [&](Value value, double factor, bool isDivision) -> std::optional<Ratio> {
    std::optional<Ratio> ratio = ratioOf(value);
    double inverse = 1.0 / factor;
    constexpr double kMax = 1 << 20;
    if (!ratio || !(factor > 0))
      return std::nullopt;
    bool isInteger = factor == std::floor(factor) && factor <= kMax;
    bool isInverse = inverse == std::floor(inverse) && inverse <= kMax && 1.0 / inverse == factor;
    if (!isInteger && !isInverse)
      return std::nullopt;
    (isInteger != isDivision ? ratio->numerator : ratio->denominator) *=
        static_cast<int64_t>(isInteger ? factor : inverse);
    return ratio;
  };
  std::optional<Ratio> ratio;
  Value result;
  switch (fn) {
  case ScalarFn::add:
    result = b.createOrFold<arith::AddFOp>(loc, args[0], args[1]);
    break;
  case ScalarFn::sub:
    result = b.createOrFold<arith::SubFOp>(loc, args[0], args[1]);
    break;
  case ScalarFn::mul:
    result = b.createOrFold<arith::MulFOp>(loc, args[0], args[1]);
    if (std::optional<double> factor = getDouble(args[1]))
      ratio = scaled(args[0], *factor, /*isDivision=*/false);
    else if (std::optional<double> factor = getDouble(args[0]))
      ratio = scaled(args[1], *factor, /*isDivision=*/false);
    break;
  case ScalarFn::div:
    result = b.createOrFold<arith::DivFOp>(loc, args[0], args[1]);
    if (std::optional<double> factor = getDouble(args[1]))
      ratio = scaled(args[0], *factor, /*isDivision=*/true);
    break;
  case ScalarFn::max:
    return b.createOrFold<arith::MaximumFOp>(loc, args[0], args[1]);
  case ScalarFn::min:
    return b.createOrFold<arith::MinimumFOp>(loc, args[0], args[1]);
  case ScalarFn::neg:
    return b.createOrFold<arith::NegFOp>(loc, args[0]);
  case ScalarFn::floor:
  case ScalarFn::ceil: {
    Rounding rounding = fn == ScalarFn::floor ? Rounding::Down : Rounding::Up;
    if (std::optional<Ratio> exact = ratioOf(args[0])) {
      Value index = roundRatio(loc, *exact, rounding);
      Value value = cast(loc, index, args[0].getType());
      ratios[value] = {index, 1, 1};
      return value;
    }
    return roundFloat(loc, args[0], rounding);
  }
  case ScalarFn::sqrt:
    if (std::optional<double> value = getDouble(args[0]))
      return arith::ConstantOp::create(
          b, loc, cast_or_null<TypedAttr>(b.getFloatAttr(args[0].getType(), std::sqrt(*value))));
    return {};
  default:
    return {};
  }
  if (ratio && result)
    ratios[result] = *ratio;
  return result;
}

Value ScalarBuilder::roundRatio(Location loc, const Ratio &ratio, Rounding rounding) {
  Value product = b.createOrFold<arith::MulIOp>(loc, ratio.index, indexConstant(loc, ratio.numerator));
  if (ratio.denominator == 1)
    return product;
  Value divisor = indexConstant(loc, ratio.denominator);
  return rounding == Rounding::Down ? b.createOrFold<arith::FloorDivSIOp>(loc, product, divisor)
                                    : b.createOrFold<arith::CeilDivSIOp>(loc, product, divisor);
}

Value ScalarBuilder::roundFloat(Location loc, Value value, Rounding rounding) {
  if (std::optional<double> constant = getDouble(value))
    return arith::ConstantOp::create(b, loc,
                                     b.getFloatAttr(value.getType(), rounding == Rounding::Down
                                                                         ? std::floor(*constant)
                                                                         : std::ceil(*constant)));
  Value whole = b.createOrFold<arith::SIToFPOp>(loc, value.getType(),
                                                b.createOrFold<arith::FPToSIOp>(loc, b.getI64Type(), value));
  bool isDown = rounding == Rounding::Down;
  Value one = arith::ConstantOp::create(b, loc, b.getFloatAttr(value.getType(), isDown ? -1.0 : 1.0));
  auto predicate = isDown ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT;
  Value isOff = b.createOrFold<arith::CmpFOp>(loc, predicate, whole, value);
  return b.createOrFold<arith::SelectOp>(loc, isOff, b.createOrFold<arith::AddFOp>(loc, whole, one), whole);
}

Value ScalarBuilder::compare(Location loc, ComparePredicate predicate, Value x, Value y) {
  if (isa<FloatType>(x.getType())) {
    static constexpr arith::CmpFPredicate kFloat[] = {arith::CmpFPredicate::OEQ, arith::CmpFPredicate::UNE,
                                                      arith::CmpFPredicate::OLT, arith::CmpFPredicate::OLE,
                                                      arith::CmpFPredicate::OGT, arith::CmpFPredicate::OGE};
    return b.createOrFold<arith::CmpFOp>(loc, kFloat[static_cast<int>(predicate)], x, y);
  }
  static constexpr arith::CmpIPredicate kInt[] = {arith::CmpIPredicate::eq,  arith::CmpIPredicate::ne,
                                                  arith::CmpIPredicate::slt, arith::CmpIPredicate::sle,
                                                  arith::CmpIPredicate::sgt, arith::CmpIPredicate::sge};
  // Named dims that differ by a constant compare at compile time.
  if (std::optional<int64_t> difference = (getIndexExpr(x) - getIndexExpr(y)).getConstant()) {
    bool isTrue = predicate == ComparePredicate::eq   ? *difference == 0
                  : predicate == ComparePredicate::ne ? *difference != 0
                  : predicate == ComparePredicate::lt ? *difference < 0
                  : predicate == ComparePredicate::le ? *difference <= 0
                  : predicate == ComparePredicate::gt ? *difference > 0
                                                      : *difference >= 0;
    return arith::ConstantOp::create(b, loc, b.getBoolAttr(isTrue));
  }
  return b.createOrFold<arith::CmpIOp>(loc, kInt[static_cast<int>(predicate)], x, y);
}

Value ScalarBuilder::toIndex(Location loc, Value scalar) { return cast(loc, scalar, b.getIndexType()); }

/// Casts between the scalar types; `to` is index for any integer wider than a boolean.
Value ScalarBuilder::cast(Location loc, Value value, Type to) {
  Type from = value.getType();
  if (from == to)
    return value;
  if (isa<FloatType>(from)) {
    if (isa<FloatType>(to)) {
      Value result = to.getIntOrFloatBitWidth() > from.getIntOrFloatBitWidth()
                         ? b.createOrFold<arith::ExtFOp>(loc, to, value)
                         : b.createOrFold<arith::TruncFOp>(loc, to, value);
      if (auto it = ratios.find(value); it != ratios.end()) {
        Ratio ratio = it->second;
        ratios[result] = ratio;
      }
      return result;
    }
    if (to.isInteger(1)) {
      Value zero = arith::ConstantOp::create(b, loc, b.getFloatAttr(from, 0.0));
      return b.createOrFold<arith::CmpFOp>(loc, arith::CmpFPredicate::UNE, value, zero);
    }
    if (auto it = ratios.find(value); it != ratios.end()) {
      Ratio ratio = it->second;
      return roundRatio(loc, ratio, Rounding::Down);
    }
    if (std::optional<double> constant = getDouble(value); constant && std::abs(*constant) < 0x1p62)
      return indexConstant(loc, static_cast<int64_t>(*constant));
    return b.createOrFold<arith::IndexCastOp>(loc, to,
                                              b.createOrFold<arith::FPToSIOp>(loc, b.getI64Type(), value));
  }
  if (isa<FloatType>(to)) {
    bool isBool = from.isInteger(1);
    Value wide = isBool ? b.createOrFold<arith::ExtUIOp>(loc, b.getI64Type(), value)
                        : b.createOrFold<arith::IndexCastOp>(loc, b.getI64Type(), value);
    Value result = b.createOrFold<arith::SIToFPOp>(loc, to, wide);
    if (!isBool && !getInteger(value))
      ratios[result] = {value, 1, 1};
    return result;
  }
  if (to.isInteger(1))
    return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::ne, value, indexConstant(loc, 0));
  return b.createOrFold<arith::IndexCastUIOp>(loc, to, value);
}

Value ScalarBuilder::combine(Location loc, ReduceKind kind, Value x, Value y) {
  switch (kind) {
  case ReduceKind::sum:
    return b.createOrFold<arith::AddIOp>(loc, x, y);
  case ReduceKind::prod:
    return b.createOrFold<arith::MulIOp>(loc, x, y);
  case ReduceKind::max:
    return b.createOrFold<arith::MaxSIOp>(loc, x, y);
  case ReduceKind::min:
    return b.createOrFold<arith::MinSIOp>(loc, x, y);
  case ReduceKind::mean:
    break;
  }
  return {};
}

Value ScalarBuilder::apply(ElementwiseOpInterface op, ArrayRef<Value> args, ArrayRef<Type> types, Type to) {
  Location loc = op->getLoc();
  ScalarFn fn = op.getScalarFn();
  switch (fn) {
  case ScalarFn::compare:
    if (types[0].isInteger(1))
      return {};
    return compare(loc, mlir::cast<CompareOp>(op.getOperation()).getPred(), args[0], args[1]);
  case ScalarFn::select:
    return b.createOrFold<arith::SelectOp>(loc, args[0], args[1], args[2]);
  case ScalarFn::cast:
    return cast(loc, args[0], isa<FloatType>(to) || to.isInteger(1) ? to : Type(b.getIndexType()));
  case ScalarFn::mod: {
    if (isa<FloatType>(types[0]))
      return {};
    auto mod = mlir::cast<ModOp>(op.getOperation());
    return divide(loc, args[0], args[1], /*isModulo=*/true, /*isFloor=*/!mod.getFmod());
  }
  default:
    break;
  }
  if (types[0].isInteger(1))
    return applyBool(loc, fn, args);
  if (isa<FloatType>(types[0]))
    return applyFloat(loc, fn, args);
  return applyIndex(loc, fn, args);
}

} // namespace weft
