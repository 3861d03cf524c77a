// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates elementwise ops: one scalar function per op, in double or int64, rounded once to the result type.
#include "lib/Reference/CastNumbers.h"
#include "lib/Reference/WrapArithmetic.h"
#include "weft/Reference/Eval.h"

#include <cmath>

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {

//===----------------------------------------------------------------------===//
// Broadcast iteration
//===----------------------------------------------------------------------===//

namespace {

/// Row-major positions of broadcast operands, one result element after the other.
class BroadcastWalk {
public:
  BroadcastWalk(ArrayRef<const Tensor *> operands, ArrayRef<int64_t> shape) : shape(shape) {
    for (const Tensor *operand : operands) {
      Shape operandStrides = rowMajorStrides(operand->getShape());
      for (size_t axis = 0; axis < shape.size(); ++axis)
        if (operand->getDim(axis) == 1)
          operandStrides[axis] = 0;
      strides.push_back(std::move(operandStrides));
    }
    index.assign(shape.size(), 0);
    positions.assign(operands.size(), 0);
  }

  int64_t position(size_t operand) const { return positions[operand]; }

  void next() {
    for (int64_t axis = static_cast<int64_t>(shape.size()) - 1; axis >= 0; --axis) {
      bool wraps = ++index[axis] == shape[axis];
      for (size_t i = 0; i < strides.size(); ++i)
        positions[i] += wraps ? -strides[i][axis] * (shape[axis] - 1) : strides[i][axis];
      if (!wraps)
        return;
      index[axis] = 0;
    }
  }

private:
  ArrayRef<int64_t> shape;
  SmallVector<Shape, 3> strides;
  Shape index;
  SmallVector<int64_t, 3> positions;
};

/// The common shape of operands of equal rank; failure where two dims differ and none is 1.
FailureOr<Shape> broadcastShapes(Evaluation &e, ArrayRef<const Tensor *> operands) {
  Shape shape(operands.front()->getShape());
  for (const Tensor *operand : operands.drop_front())
    for (size_t axis = 0; axis < shape.size(); ++axis) {
      int64_t size = operand->getDim(axis);
      if (shape[axis] == 1)
        shape[axis] = size;
      else if (size != 1 && size != shape[axis])
        return e.error() << "expected dim " << axis << " to be 1 or " << shape[axis] << ", but got " << size;
    }
  return shape;
}

SmallVector<const Tensor *, 3> tensorsOf(Evaluation &e) {
  SmallVector<const Tensor *, 3> tensors;
  for (unsigned i = 0; i < e.operands.size(); ++i)
    tensors.push_back(&e.tensor(i));
  return tensors;
}

/// Applies fn(position of lhs, position of rhs, result position) to each element.
template <typename Fn> LogicalResult forEachPair(Evaluation &e, Type element, Fn fn) {
  const Tensor &lhs = e.tensor(0), &rhs = e.tensor(1);
  FailureOr<Shape> shape = broadcastShapes(e, {&lhs, &rhs});
  if (failed(shape))
    return failure();
  Tensor result(element, *shape);
  if (lhs.getShape() == rhs.getShape()) {
    for (int64_t i = 0; i < result.size(); ++i)
      fn(lhs, i, rhs, i, result, i);
  } else {
    BroadcastWalk walk({&lhs, &rhs}, *shape);
    for (int64_t i = 0; i < result.size(); ++i, walk.next())
      fn(lhs, walk.position(0), rhs, walk.position(1), result, i);
  }
  e.add(std::move(result));
  return success();
}

//===----------------------------------------------------------------------===//
// Scalar functions
//===----------------------------------------------------------------------===//

double signOf(double x) { return std::isnan(x) ? x : x > 0 ? 1.0 : x < 0 ? -1.0 : x; }
double sigmoid(double x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }

double gelu(double x, GeluApprox approx, double alpha) {
  constexpr double sqrtHalf = 0.70710678118654752440, sqrtTwoOverPi = 0.79788456080286535588,
                   cubic = 0.044715;
  switch (approx) {
  case GeluApprox::none:
    // erfc keeps the digits of the left tail that 1 + erf loses.
    return 0.5 * x * std::erfc(-x * sqrtHalf);
  case GeluApprox::tanh:
    return 0.5 * x * (1 + std::tanh(sqrtTwoOverPi * (x + cubic * x * x * x)));
  case GeluApprox::quick:
    return x * sigmoid(alpha * x);
  }
  llvm_unreachable("internal: unknown gelu approximation");
}

/// Remainder by the rules of ONNX Mod: of the divisor's sign, or with fmod of the dividend's.
double floatMod(double x, double y, bool isFmod) {
  if (isFmod)
    return std::fmod(x, y);
  if (y == 0 || std::isnan(x) || std::isnan(y) || std::isinf(x))
    return std::numeric_limits<double>::quiet_NaN();
  if (std::isinf(y))
    return x == 0 ? std::copysign(0.0, y) : std::signbit(x) == std::signbit(y) ? x : y;
  double rest = std::fmod(x, y);
  if (rest == 0)
    return std::copysign(0.0, y);
  return std::signbit(rest) == std::signbit(y) ? rest : rest + y;
}

double floatMax(double x, double y) {
  if (std::isnan(x) || std::isnan(y))
    return std::numeric_limits<double>::quiet_NaN();
  return x < y ? y : x;
}

double floatMin(double x, double y) {
  if (std::isnan(x) || std::isnan(y))
    return std::numeric_limits<double>::quiet_NaN();
  return y < x ? y : x;
}

//===----------------------------------------------------------------------===//
// Integer functions: total, as the hardware is not
//===----------------------------------------------------------------------===//

/// Toward zero; x / 0 is 0, the least value over -1 is itself.
int64_t intDiv(int64_t a, int64_t b, bool isUnsigned) {
  if (b == 0)
    return 0;
  if (isUnsigned)
    return static_cast<int64_t>(static_cast<uint64_t>(a) / static_cast<uint64_t>(b));
  return b == -1 ? subWrap(0, a) : a / b;
}

/// x mod 0 is 0.
int64_t intMod(int64_t a, int64_t b, bool isUnsigned, bool isFmod) {
  if (b == 0)
    return 0;
  if (isUnsigned)
    return static_cast<int64_t>(static_cast<uint64_t>(a) % static_cast<uint64_t>(b));
  if (b == -1)
    return 0;
  int64_t rest = a % b;
  return !isFmod && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

/// By squaring modulo 2^64; a negative exponent gives 0 but for bases 1 and -1.
int64_t intPow(int64_t base, int64_t exponent, bool isExponentUnsigned) {
  uint64_t count = static_cast<uint64_t>(exponent);
  if (exponent < 0 && !isExponentUnsigned) {
    if (base == 1)
      return 1;
    if (base == -1)
      return exponent & 1 ? -1 : 1;
    return 0;
  }
  uint64_t power = 1, square = static_cast<uint64_t>(base);
  for (; count; count >>= 1, square *= square)
    if (count & 1)
      power *= square;
  return static_cast<int64_t>(power);
}

int64_t intShift(int64_t value, int64_t count, bool isCountUnsigned, unsigned width, bool isUnsigned,
                 ShiftDirection dir) {
  bool isOut = isCountUnsigned ? static_cast<uint64_t>(count) >= width : count < 0 || count >= int64_t(width);
  if (dir == ShiftDirection::left)
    return isOut ? 0 : static_cast<int64_t>(static_cast<uint64_t>(value) << count);
  if (isUnsigned)
    return isOut ? 0 : static_cast<int64_t>(static_cast<uint64_t>(value) >> count);
  return isOut ? (value < 0 ? -1 : 0) : value >> count;
}

template <typename T> bool compareAs(T a, T b, ComparePredicate pred) {
  switch (pred) {
  case ComparePredicate::eq:
    return a == b;
  case ComparePredicate::ne:
    return a != b;
  case ComparePredicate::lt:
    return a < b;
  case ComparePredicate::le:
    return a <= b;
  case ComparePredicate::gt:
    return a > b;
  case ComparePredicate::ge:
    return a >= b;
  }
  llvm_unreachable("internal: unknown predicate");
}

//===----------------------------------------------------------------------===//
// Unary ops
//===----------------------------------------------------------------------===//

/// A result of the operand's shape; `element(x, result, i)` sets its element i.
template <typename Fn> LogicalResult forEachElement(Evaluation &e, Fn &&element) {
  const Tensor &x = e.tensor(0);
  Tensor result(e.elementType(), x.getShape());
  for (int64_t i = 0; i < x.size(); ++i)
    element(x, result, i);
  e.add(std::move(result));
  return success();
}

template <typename OpTy, double (*fn)(double)> LogicalResult evalFloatUnary(OpTy op, Evaluation &e) {
  return forEachElement(e, [](const Tensor &x, Tensor &r, int64_t i) { r.setFloat(i, fn(x.getFloat(i))); });
}

/// abs, neg, sign: integers wrap.
template <typename OpTy> LogicalResult evalSignUnary(OpTy op, Evaluation &e) {
  constexpr bool isAbs = std::is_same_v<OpTy, AbsOp>, isNeg = std::is_same_v<OpTy, NegOp>;
  return forEachElement(e, [](const Tensor &x, Tensor &result, int64_t i) {
    if (x.isComplex()) {
      if (isAbs)
        result.setFloat(i, std::abs(x.getComplex(i)));
      else
        result.setComplex(i, -x.getComplex(i));
    } else if (x.isInteger()) {
      int64_t v = x.getInt(i);
      if (isNeg)
        result.setInt(i, subWrap(0, v));
      else if (x.isUnsigned())
        result.setInt(i, isAbs ? v : v != 0);
      else
        result.setInt(i, isAbs ? (v < 0 ? subWrap(0, v) : v) : (v > 0) - (v < 0));
    } else {
      double v = x.getFloat(i);
      result.setFloat(i, isAbs ? std::fabs(v) : isNeg ? -v : signOf(v));
    }
  });
}

LogicalResult evalNot(NotOp op, Evaluation &e) {
  return forEachElement(e, [](const Tensor &x, Tensor &r, int64_t i) { r.setInt(i, ~x.getInt(i)); });
}

LogicalResult evalIsNan(IsNanOp op, Evaluation &e) {
  return forEachElement(
      e, [](const Tensor &x, Tensor &r, int64_t i) { r.setInt(i, std::isnan(x.getFloat(i))); });
}

LogicalResult evalIsInf(IsInfOp op, Evaluation &e) {
  return forEachElement(e, [&](const Tensor &x, Tensor &r, int64_t i) {
    double v = x.getFloat(i);
    r.setInt(i, std::isinf(v) && (v > 0 ? op.getPos() : op.getNeg()));
  });
}

LogicalResult evalGelu(GeluOp op, Evaluation &e) {
  double alpha = op.getAlpha().convertToDouble();
  return forEachElement(e, [&](const Tensor &x, Tensor &r, int64_t i) {
    r.setFloat(i, gelu(x.getFloat(i), op.getApprox(), alpha));
  });
}

//===----------------------------------------------------------------------===//
// Binary ops
//===----------------------------------------------------------------------===//

std::complex<double> arithmetic(ScalarFn fn, std::complex<double> a, std::complex<double> b) {
  switch (fn) {
  case ScalarFn::add:
    return a + b;
  case ScalarFn::sub:
    return a - b;
  case ScalarFn::mul:
    return a * b;
  default:
    return a / b;
  }
}

int64_t arithmetic(ScalarFn fn, int64_t a, int64_t b, bool isUnsigned, bool isFmod) {
  switch (fn) {
  case ScalarFn::add:
    return addWrap(a, b);
  case ScalarFn::sub:
    return subWrap(a, b);
  case ScalarFn::mul:
    return mulWrap(a, b);
  case ScalarFn::div:
    return intDiv(a, b, isUnsigned);
  case ScalarFn::mod:
    return intMod(a, b, isUnsigned, isFmod);
  case ScalarFn::max:
    return (isUnsigned ? static_cast<uint64_t>(a) < static_cast<uint64_t>(b) : a < b) ? b : a;
  case ScalarFn::min:
    return (isUnsigned ? static_cast<uint64_t>(b) < static_cast<uint64_t>(a) : b < a) ? b : a;
  case ScalarFn::and_:
    return a & b;
  case ScalarFn::or_:
    return a | b;
  case ScalarFn::xor_:
    return a ^ b;
  default:
    llvm_unreachable("internal: no integer function");
  }
}

double arithmetic(ScalarFn fn, double a, double b, bool isFmod) {
  switch (fn) {
  case ScalarFn::add:
    return a + b;
  case ScalarFn::sub:
    return a - b;
  case ScalarFn::mul:
    return a * b;
  case ScalarFn::div:
    return a / b;
  case ScalarFn::mod:
    return floatMod(a, b, isFmod);
  case ScalarFn::max:
    return floatMax(a, b);
  case ScalarFn::min:
    return floatMin(a, b);
  default:
    llvm_unreachable("internal: no float function");
  }
}

template <typename OpTy> LogicalResult evalBinary(OpTy op, Evaluation &e) {
  ScalarFn fn = op.getScalarFn();
  bool isFmod = false;
  if constexpr (std::is_same_v<OpTy, ModOp>)
    isFmod = op.getFmod();
  const Tensor &x = e.tensor(0);
  if (x.isComplex())
    return forEachPair(e, e.elementType(),
                       [&](const Tensor &a, int64_t i, const Tensor &b, int64_t j, Tensor &r, int64_t k) {
                         r.setComplex(k, arithmetic(fn, a.getComplex(i), b.getComplex(j)));
                       });
  if (x.isInteger()) {
    bool isUnsigned = x.isUnsigned();
    return forEachPair(e, e.elementType(),
                       [&](const Tensor &a, int64_t i, const Tensor &b, int64_t j, Tensor &r, int64_t k) {
                         r.setInt(k, arithmetic(fn, a.getInt(i), b.getInt(j), isUnsigned, isFmod));
                       });
  }
  return forEachPair(e, e.elementType(),
                     [&](const Tensor &a, int64_t i, const Tensor &b, int64_t j, Tensor &r, int64_t k) {
                       r.setFloat(k, arithmetic(fn, a.getFloat(i), b.getFloat(j), isFmod));
                     });
}

LogicalResult evalPow(PowOp op, Evaluation &e) {
  Type element = e.elementType();
  bool isIntegral = e.tensor(0).isInteger() && e.tensor(1).isInteger();
  bool isExponentUnsigned = e.tensor(1).isUnsigned();
  return forEachPair(
      e, element, [&](const Tensor &a, int64_t i, const Tensor &b, int64_t j, Tensor &r, int64_t k) {
        if (isIntegral)
          r.setInt(k, intPow(a.getInt(i), b.getInt(j), isExponentUnsigned));
        else if (r.isFloat())
          r.setFloat(k, std::pow(a.getFloat(i), b.getFloat(j)));
        else
          r.setInt(k, castFloatToInt(std::pow(a.getFloat(i), b.getFloat(j)), cast<IntegerType>(element)));
      });
}

LogicalResult evalShift(ShiftOp op, Evaluation &e) {
  Type element = e.elementType();
  unsigned width = element.getIntOrFloatBitWidth();
  bool isUnsigned = e.tensor(0).isUnsigned(), isCountUnsigned = e.tensor(1).isUnsigned();
  return forEachPair(
      e, element, [&](const Tensor &a, int64_t i, const Tensor &b, int64_t j, Tensor &r, int64_t k) {
        r.setInt(k, intShift(a.getInt(i), b.getInt(j), isCountUnsigned, width, isUnsigned, op.getDir()));
      });
}

LogicalResult evalCompare(CompareOp op, Evaluation &e) {
  ComparePredicate pred = op.getPred();
  const Tensor &x = e.tensor(0);
  bool isUnsigned = x.isUnsigned();
  return forEachPair(
      e, e.elementType(), [&](const Tensor &a, int64_t i, const Tensor &b, int64_t j, Tensor &r, int64_t k) {
        bool holds;
        if (a.isString())
          holds = compareAs<StringRef>(a.getString(i), b.getString(j), pred);
        else if (a.isComplex())
          holds = (a.getComplex(i) == b.getComplex(j)) == (pred == ComparePredicate::eq);
        else if (a.isFloat())
          holds = compareAs(a.getFloat(i), b.getFloat(j), pred);
        else if (isUnsigned)
          holds = compareAs(static_cast<uint64_t>(a.getInt(i)), static_cast<uint64_t>(b.getInt(j)), pred);
        else
          holds = compareAs(a.getInt(i), b.getInt(j), pred);
        r.setInt(k, holds);
      });
}

LogicalResult evalSelect(SelectOp op, Evaluation &e) {
  SmallVector<const Tensor *, 3> tensors = tensorsOf(e);
  FailureOr<Shape> shape = broadcastShapes(e, tensors);
  if (failed(shape))
    return failure();
  Tensor result(e.elementType(), *shape);
  BroadcastWalk walk(tensors, *shape);
  for (int64_t i = 0; i < result.size(); ++i, walk.next()) {
    unsigned chosen = tensors[0]->getInt(walk.position(0)) ? 1 : 2;
    result.copyElement(i, *tensors[chosen], walk.position(chosen));
  }
  e.add(std::move(result));
  return success();
}

LogicalResult evalCast(CastOp op, Evaluation &e) {
  FailureOr<Tensor> result = castTensor(e.tensor(0), op.getTo(), op.getSaturate(), op.getRoundMode());
  if (failed(result))
    return e.error() << "expected text that is a number, but got other text";
  e.add(std::move(*result));
  return success();
}

LogicalResult evalBitcast(BitcastOp op, Evaluation &e) {
  e.add(e.tensor(0).bitcast(op.getTo()));
  return success();
}

double rsqrtOf(double x) { return 1 / std::sqrt(x); }

} // namespace

void addElementwiseEvals(EvalTable &table) {
  table.add<AbsOp, evalSignUnary<AbsOp>>();
  table.add<NegOp, evalSignUnary<NegOp>>();
  table.add<SignOp, evalSignUnary<SignOp>>();
  table.add<NotOp, evalNot>();
  table.add<IsNanOp, evalIsNan>();
  table.add<IsInfOp, evalIsInf>();
  table.add<GeluOp, evalGelu>();
#define WEFT_FLOAT_UNARY(OP, FN) table.add<OP, evalFloatUnary<OP, FN>>();
  WEFT_FLOAT_UNARY(ExpOp, std::exp)
  WEFT_FLOAT_UNARY(Expm1Op, std::expm1)
  WEFT_FLOAT_UNARY(LogOp, std::log)
  WEFT_FLOAT_UNARY(Log1pOp, std::log1p)
  WEFT_FLOAT_UNARY(SqrtOp, std::sqrt)
  WEFT_FLOAT_UNARY(RsqrtOp, rsqrtOf)
  WEFT_FLOAT_UNARY(SinOp, std::sin)
  WEFT_FLOAT_UNARY(CosOp, std::cos)
  WEFT_FLOAT_UNARY(TanOp, std::tan)
  WEFT_FLOAT_UNARY(AsinOp, std::asin)
  WEFT_FLOAT_UNARY(AcosOp, std::acos)
  WEFT_FLOAT_UNARY(AtanOp, std::atan)
  WEFT_FLOAT_UNARY(SinhOp, std::sinh)
  WEFT_FLOAT_UNARY(CoshOp, std::cosh)
  WEFT_FLOAT_UNARY(TanhOp, std::tanh)
  WEFT_FLOAT_UNARY(AsinhOp, std::asinh)
  WEFT_FLOAT_UNARY(AcoshOp, std::acosh)
  WEFT_FLOAT_UNARY(AtanhOp, std::atanh)
  WEFT_FLOAT_UNARY(ErfOp, std::erf)
  WEFT_FLOAT_UNARY(SigmoidOp, sigmoid)
  WEFT_FLOAT_UNARY(CeilOp, std::ceil)
  WEFT_FLOAT_UNARY(FloorOp, std::floor)
  // The default rounding of the environment is half to even.
  WEFT_FLOAT_UNARY(RoundOp, std::nearbyint)
#undef WEFT_FLOAT_UNARY
  table.add<AddOp, evalBinary<AddOp>>();
  table.add<SubOp, evalBinary<SubOp>>();
  table.add<MulOp, evalBinary<MulOp>>();
  table.add<DivOp, evalBinary<DivOp>>();
  table.add<ModOp, evalBinary<ModOp>>();
  table.add<MaxOp, evalBinary<MaxOp>>();
  table.add<MinOp, evalBinary<MinOp>>();
  table.add<AndOp, evalBinary<AndOp>>();
  table.add<OrOp, evalBinary<OrOp>>();
  table.add<XorOp, evalBinary<XorOp>>();
  table.add<PowOp, evalPow>();
  table.add<ShiftOp, evalShift>();
  table.add<CompareOp, evalCompare>();
  table.add<SelectOp, evalSelect>();
  table.add<CastOp, evalCast>();
  table.add<BitcastOp, evalBitcast>();
}

} // namespace weft::reference
