// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes arithmetic on scalars or vectors the way one writes formulas.
#ifndef WEFT_LIB_CODEGEN_MATHBUILDER_H
#define WEFT_LIB_CODEGEN_MATHBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/ArrayRef.h"

namespace weft {

/// Builds arith ops of one float type (f32 or f64) and the integer type of the same width, scalar or vector.
class MathBuilder {
public:
  using Value = mlir::Value;

  MathBuilder(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type, bool hasFMA)
      : builder(builder), loc(loc), type(type), hasFMA(hasFMA),
        isDouble(mlir::getElementTypeOrSelf(type).isF64()) {}

  /// The same with elements of `element`.
  MathBuilder withElement(mlir::Type element) { return {builder, loc, withElementType(element), hasFMA}; }
  MathBuilder asDouble() { return withElement(builder.getF64Type()); }

  mlir::Type withElementType(mlir::Type element) {
    if (auto vector = mlir::dyn_cast<mlir::VectorType>(type))
      return vector.clone(element);
    return element;
  }
  mlir::Type getIntType() { return withElementType(builder.getIntegerType(isDouble ? 64 : 32)); }

  Value constant(double value) {
    return splat(type, builder.getFloatAttr(mlir::getElementTypeOrSelf(type), value));
  }
  Value integer(int64_t value) {
    return splat(getIntType(), builder.getIntegerAttr(mlir::getElementTypeOrSelf(getIntType()), value));
  }

  Value add(Value a, Value b) { return mlir::arith::AddFOp::create(builder, loc, a, b); }
  Value sub(Value a, Value b) { return mlir::arith::SubFOp::create(builder, loc, a, b); }
  Value mul(Value a, Value b) { return mlir::arith::MulFOp::create(builder, loc, a, b); }
  Value div(Value a, Value b) { return mlir::arith::DivFOp::create(builder, loc, a, b); }
  Value neg(Value a) { return mlir::arith::NegFOp::create(builder, loc, a); }
  Value abs(Value a) { return mlir::math::AbsFOp::create(builder, loc, a); }
  Value sqrt(Value a) { return mlir::math::SqrtOp::create(builder, loc, a); }
  Value trunc(Value a) { return mlir::math::TruncOp::create(builder, loc, a); }
  Value round(Value a) { return mlir::math::RoundEvenOp::create(builder, loc, a); }
  Value copySign(Value magnitude, Value sign) {
    return mlir::math::CopySignOp::create(builder, loc, magnitude, sign);
  }
  Value add(Value a, double b) { return add(a, constant(b)); }
  Value sub(double a, Value b) { return sub(constant(a), b); }
  Value mul(Value a, double b) { return mul(a, constant(b)); }

  /// a * b + c, rounded once where the level can.
  Value fma(Value a, Value b, Value c) {
    if (hasFMA)
      return mlir::math::FmaOp::create(builder, loc, a, b, c);
    return add(mul(a, b), c);
  }
  Value fma(Value a, double b, Value c) { return fma(a, constant(b), c); }

  /// The rounding error of `product` = a * b.
  Value productError(Value a, Value b, Value product) {
    if (hasFMA)
      return fma(a, b, neg(product));
    auto [ah, al] = split(a);
    auto [bh, bl] = split(b);
    Value error = sub(mul(ah, bh), product);
    error = add(error, mul(ah, bl));
    error = add(error, mul(al, bh));
    return add(error, mul(al, bl));
  }

  /// Upper and lower half of the mantissa (Veltkamp).
  std::pair<Value, Value> split(Value a) {
    Value scaled = mul(a, isDouble ? 134217729.0 : 4097.0);
    Value high = sub(scaled, sub(scaled, a));
    return {high, sub(a, high)};
  }

  /// The polynomial with `coefficients` of rising powers, by Horner's rule.
  Value poly(Value x, llvm::ArrayRef<double> coefficients) {
    Value sum = constant(coefficients.back());
    for (double c : llvm::reverse(coefficients.drop_back()))
      sum = fma(sum, x, constant(c));
    return sum;
  }

  Value compare(mlir::arith::CmpFPredicate predicate, Value a, Value b) {
    return mlir::arith::CmpFOp::create(builder, loc, predicate, a, b);
  }
  Value less(Value a, Value b) { return compare(mlir::arith::CmpFPredicate::OLT, a, b); }
  Value less(Value a, double b) { return less(a, constant(b)); }
  Value greater(Value a, double b) { return less(constant(b), a); }
  Value equal(Value a, Value b) { return compare(mlir::arith::CmpFPredicate::OEQ, a, b); }
  Value equal(Value a, double b) { return equal(a, constant(b)); }
  Value isNaN(Value a) { return compare(mlir::arith::CmpFPredicate::UNO, a, a); }
  Value logicalAnd(Value a, Value b) { return mlir::arith::AndIOp::create(builder, loc, a, b); }
  Value logicalOr(Value a, Value b) { return mlir::arith::OrIOp::create(builder, loc, a, b); }
  Value logicalNot(Value a) {
    Value ones = splat(a.getType(), builder.getBoolAttr(true));
    return mlir::arith::XOrIOp::create(builder, loc, a, ones);
  }
  Value select(Value condition, Value a, Value b) {
    return mlir::arith::SelectOp::create(builder, loc, condition, a, b);
  }
  /// min and max that keep a NaN in `a`.
  Value atMost(Value a, double limit) { return select(greater(a, limit), constant(limit), a); }
  Value atLeast(Value a, double limit) { return select(less(a, limit), constant(limit), a); }

  Value bits(Value a) { return mlir::arith::BitcastOp::create(builder, loc, getIntType(), a); }
  Value fromBits(Value a) { return mlir::arith::BitcastOp::create(builder, loc, type, a); }
  Value addInt(Value a, Value b) { return mlir::arith::AddIOp::create(builder, loc, a, b); }
  Value subInt(Value a, Value b) { return mlir::arith::SubIOp::create(builder, loc, a, b); }
  Value addInt(Value a, int64_t b) { return addInt(a, integer(b)); }
  Value andInt(Value a, Value b) { return mlir::arith::AndIOp::create(builder, loc, a, b); }
  Value andInt(Value a, int64_t b) { return andInt(a, integer(b)); }
  Value orInt(Value a, Value b) { return mlir::arith::OrIOp::create(builder, loc, a, b); }
  Value shiftLeft(Value a, int64_t n) { return mlir::arith::ShLIOp::create(builder, loc, a, integer(n)); }
  /// Logical: arithmetic shifts of 64 bits are slow before AVX-512.
  Value shiftRight(Value a, int64_t n) { return mlir::arith::ShRUIOp::create(builder, loc, a, integer(n)); }
  Value compareInt(mlir::arith::CmpIPredicate predicate, Value a, Value b) {
    return mlir::arith::CmpIOp::create(builder, loc, predicate, a, b);
  }
  Value isNegativeInt(Value a) { return compareInt(mlir::arith::CmpIPredicate::slt, a, integer(0)); }

  int64_t mantissaBits() const { return isDouble ? 52 : 23; }
  int64_t bias() const { return isDouble ? 1023 : 127; }
  /// 2^k as a float, for `k` an integer within the range of normal numbers.
  Value powerOfTwo(Value k) { return fromBits(shiftLeft(addInt(k, bias()), mantissaBits())); }
  double infinity() const { return std::numeric_limits<double>::infinity(); }
  double nan() const { return std::numeric_limits<double>::quiet_NaN(); }

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::Type type;
  bool hasFMA;
  bool isDouble;

private:
  Value splat(mlir::Type target, mlir::TypedAttr value) {
    mlir::TypedAttr attribute = value;
    if (auto vector = mlir::dyn_cast<mlir::VectorType>(target))
      attribute = mlir::DenseElementsAttr::get(vector, mlir::Attribute(value));
    return mlir::arith::ConstantOp::create(builder, loc, attribute);
  }
};

} // namespace weft

#endif // WEFT_LIB_CODEGEN_MATHBUILDER_H
