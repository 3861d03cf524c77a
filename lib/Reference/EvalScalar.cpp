// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates arith and math ops on scalars: index computations, and what scalarised shape arithmetic becomes.
#include "lib/Reference/CastNumbers.h"
#include "lib/Reference/WrapArithmetic.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "weft/Reference/Eval.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;

namespace weft::reference {
namespace {

LogicalResult addInt(Evaluation &e, int64_t value) {
  e.add(Tensor::scalarInt(e.op->getResult(0).getType(), value));
  return success();
}

LogicalResult addFloat(Evaluation &e, double value) {
  e.add(Tensor::scalar(e.op->getResult(0).getType(), value));
  return success();
}

int64_t intOf(Evaluation &e, unsigned operand) { return e.tensor(operand).getInt(0); }
double floatOf(Evaluation &e, unsigned operand) { return e.tensor(operand).getFloat(0); }

/// The operand zero-extended from its width: signless integers are held sign-extended.
uint64_t unsignedOf(Evaluation &e, unsigned operand) {
  Type type = e.tensor(operand).getElementType();
  unsigned width = type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
  uint64_t value = static_cast<uint64_t>(intOf(e, operand));
  return width >= 64 ? value : value & ((1ull << width) - 1);
}

template <int64_t (*fn)(int64_t, int64_t)> LogicalResult evalInts(Evaluation &e) {
  return addInt(e, fn(intOf(e, 0), intOf(e, 1)));
}

template <uint64_t (*fn)(uint64_t, uint64_t)> LogicalResult evalUnsigned(Evaluation &e) {
  return addInt(e, static_cast<int64_t>(fn(unsignedOf(e, 0), unsignedOf(e, 1))));
}

/// Divisions: a zero divisor is the program's fault, and undefined in arith.
template <int64_t (*fn)(int64_t, int64_t)> LogicalResult evalDivision(Evaluation &e) {
  int64_t a = intOf(e, 0), b = intOf(e, 1);
  if (b == 0 || (b == -1 && a == INT64_MIN))
    return e.error() << "expected a divisor that fits, but got " << b;
  return addInt(e, fn(a, b));
}

template <uint64_t (*fn)(uint64_t, uint64_t)> LogicalResult evalUnsignedDivision(Evaluation &e) {
  if (unsignedOf(e, 1) == 0)
    return e.error() << "expected a divisor that fits, but got 0";
  return evalUnsigned<fn>(e);
}

template <double (*fn)(double, double)> LogicalResult evalFloats(Evaluation &e) {
  return addFloat(e, fn(floatOf(e, 0), floatOf(e, 1)));
}

template <double (*fn)(double)> LogicalResult evalFloat(Evaluation &e) {
  return addFloat(e, fn(floatOf(e, 0)));
}

int64_t andOf(int64_t a, int64_t b) { return a & b; }
int64_t orOf(int64_t a, int64_t b) { return a | b; }
int64_t xorOf(int64_t a, int64_t b) { return a ^ b; }
int64_t minOf(int64_t a, int64_t b) { return std::min(a, b); }
int64_t maxOf(int64_t a, int64_t b) { return std::max(a, b); }
int64_t divOf(int64_t a, int64_t b) { return a / b; }
int64_t remOf(int64_t a, int64_t b) { return a % b; }
int64_t floorDivOf(int64_t a, int64_t b) { return llvm::divideFloorSigned(a, b); }
int64_t ceilDivOf(int64_t a, int64_t b) { return llvm::divideCeilSigned(a, b); }
uint64_t minUnsignedOf(uint64_t a, uint64_t b) { return std::min(a, b); }
uint64_t maxUnsignedOf(uint64_t a, uint64_t b) { return std::max(a, b); }
uint64_t divUnsignedOf(uint64_t a, uint64_t b) { return a / b; }
uint64_t remUnsignedOf(uint64_t a, uint64_t b) { return a % b; }
uint64_t ceilDivUnsignedOf(uint64_t a, uint64_t b) { return a / b + (a % b != 0); }

double addFloatOf(double a, double b) { return a + b; }
double subFloatOf(double a, double b) { return a - b; }
double mulFloatOf(double a, double b) { return a * b; }
double divFloatOf(double a, double b) { return a / b; }
double negFloatOf(double a) { return -a; }
double maximumOf(double a, double b) { return std::isnan(a) || std::isnan(b) ? NAN : std::max(a, b); }
double minimumOf(double a, double b) { return std::isnan(a) || std::isnan(b) ? NAN : std::min(a, b); }
double rsqrtOf(double a) { return 1 / std::sqrt(a); }

LogicalResult evalConstant(arith::ConstantOp op, Evaluation &e) {
  if (auto integer = dyn_cast<IntegerAttr>(op.getValue())) {
    const APInt &value = integer.getValue();
    return addInt(e, value.getBitWidth() == 1 ? value.getZExtValue() : value.getSExtValue());
  }
  if (auto number = dyn_cast<FloatAttr>(op.getValue()))
    return addFloat(e, number.getValueAsDouble());
  if (auto elements = dyn_cast<ElementsAttr>(op.getValue())) {
    FailureOr<Tensor> value = Tensor::fromAttribute(elements);
    if (succeeded(value)) {
      e.add(std::move(*value));
      return success();
    }
  }
  return e.error() << "expected a number, but got another attribute";
}

LogicalResult evalCompareInts(arith::CmpIOp op, Evaluation &e) {
  int64_t a = intOf(e, 0), b = intOf(e, 1);
  uint64_t u = unsignedOf(e, 0), v = unsignedOf(e, 1);
  switch (op.getPredicate()) {
  case arith::CmpIPredicate::eq:
    return addInt(e, a == b);
  case arith::CmpIPredicate::ne:
    return addInt(e, a != b);
  case arith::CmpIPredicate::slt:
    return addInt(e, a < b);
  case arith::CmpIPredicate::sle:
    return addInt(e, a <= b);
  case arith::CmpIPredicate::sgt:
    return addInt(e, a > b);
  case arith::CmpIPredicate::sge:
    return addInt(e, a >= b);
  case arith::CmpIPredicate::ult:
    return addInt(e, u < v);
  case arith::CmpIPredicate::ule:
    return addInt(e, u <= v);
  case arith::CmpIPredicate::ugt:
    return addInt(e, u > v);
  case arith::CmpIPredicate::uge:
    return addInt(e, u >= v);
  }
  llvm_unreachable("internal: unknown predicate");
}

LogicalResult evalCompareFloats(arith::CmpFOp op, Evaluation &e) {
  auto holds = arith::applyCmpPredicate(op.getPredicate(), APFloat(floatOf(e, 0)), APFloat(floatOf(e, 1)));
  return addInt(e, holds);
}

LogicalResult evalSelect(Evaluation &e) {
  e.results.push_back(intOf(e, 0) ? e.operands[1] : e.operands[2]);
  return success();
}

LogicalResult evalSignedConversion(Evaluation &e) { return addInt(e, intOf(e, 0)); }
LogicalResult evalUnsignedConversion(Evaluation &e) {
  return addInt(e, static_cast<int64_t>(unsignedOf(e, 0)));
}
LogicalResult evalToFloat(Evaluation &e) { return addFloat(e, floatOf(e, 0)); }
LogicalResult evalUnsignedToFloat(Evaluation &e) {
  return addFloat(e, static_cast<double>(unsignedOf(e, 0)));
}

LogicalResult evalToInt(Evaluation &e) {
  Type type = e.op->getResult(0).getType();
  return addInt(e, castFloatToInt(floatOf(e, 0), cast<IntegerType>(type)));
}

LogicalResult evalShiftLeft(Evaluation &e) {
  int64_t count = intOf(e, 1);
  return addInt(
      e, count < 0 || count > 63 ? 0 : static_cast<int64_t>(static_cast<uint64_t>(intOf(e, 0)) << count));
}

LogicalResult evalShiftRight(Evaluation &e) {
  int64_t count = std::clamp<int64_t>(intOf(e, 1), 0, 63);
  return addInt(e, intOf(e, 0) >> count);
}

} // namespace

void addScalarEvals(EvalTable &table) {
  table.add<arith::ConstantOp, evalConstant>();
  table.add<arith::CmpIOp, evalCompareInts>();
  table.add<arith::CmpFOp, evalCompareFloats>();
  table.add("arith.select", evalSelect);
  table.add("arith.addi", evalInts<addWrap>);
  table.add("arith.subi", evalInts<subWrap>);
  table.add("arith.muli", evalInts<mulWrap>);
  table.add("arith.andi", evalInts<andOf>);
  table.add("arith.ori", evalInts<orOf>);
  table.add("arith.xori", evalInts<xorOf>);
  table.add("arith.minsi", evalInts<minOf>);
  table.add("arith.maxsi", evalInts<maxOf>);
  table.add("arith.minui", evalUnsigned<minUnsignedOf>);
  table.add("arith.maxui", evalUnsigned<maxUnsignedOf>);
  table.add("arith.divsi", evalDivision<divOf>);
  table.add("arith.remsi", evalDivision<remOf>);
  table.add("arith.floordivsi", evalDivision<floorDivOf>);
  table.add("arith.ceildivsi", evalDivision<ceilDivOf>);
  table.add("arith.divui", evalUnsignedDivision<divUnsignedOf>);
  table.add("arith.remui", evalUnsignedDivision<remUnsignedOf>);
  table.add("arith.ceildivui", evalUnsignedDivision<ceilDivUnsignedOf>);
  table.add("arith.shli", evalShiftLeft);
  table.add("arith.shrsi", evalShiftRight);
  table.add("arith.index_cast", evalSignedConversion);
  table.add("arith.index_castui", evalUnsignedConversion);
  table.add("arith.extsi", evalSignedConversion);
  table.add("arith.extui", evalUnsignedConversion);
  table.add("arith.trunci", evalSignedConversion);
  table.add("arith.sitofp", evalToFloat);
  table.add("arith.uitofp", evalUnsignedToFloat);
  table.add("arith.extf", evalToFloat);
  table.add("arith.truncf", evalToFloat);
  table.add("arith.fptosi", evalToInt);
  table.add("arith.fptoui", evalToInt);
  table.add("arith.addf", evalFloats<addFloatOf>);
  table.add("arith.subf", evalFloats<subFloatOf>);
  table.add("arith.mulf", evalFloats<mulFloatOf>);
  table.add("arith.divf", evalFloats<divFloatOf>);
  table.add("arith.remf", evalFloats<std::fmod>);
  table.add("arith.negf", evalFloat<negFloatOf>);
  table.add("arith.maximumf", evalFloats<maximumOf>);
  table.add("arith.minimumf", evalFloats<minimumOf>);
  table.add("arith.maxnumf", evalFloats<std::fmax>);
  table.add("arith.minnumf", evalFloats<std::fmin>);
  table.add("math.ceil", evalFloat<std::ceil>);
  table.add("math.floor", evalFloat<std::floor>);
  table.add("math.roundeven", evalFloat<std::nearbyint>);
  table.add("math.round", evalFloat<std::round>);
  table.add("math.trunc", evalFloat<std::trunc>);
  table.add("math.sqrt", evalFloat<std::sqrt>);
  table.add("math.rsqrt", evalFloat<rsqrtOf>);
  table.add("math.absf", evalFloat<std::fabs>);
  table.add("math.exp", evalFloat<std::exp>);
  table.add("math.log", evalFloat<std::log>);
  table.add("math.powf", evalFloats<std::pow>);
}

} // namespace weft::reference
