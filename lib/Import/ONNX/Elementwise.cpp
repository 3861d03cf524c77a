// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of elementwise operators: arithmetic, comparison, logic, selection, conversion.
#include "NodeBuilder.h"

#include "ModelImporter.h"

namespace weft::importer {

/// Floats of at most 8 bits are storage only: their arithmetic is that of f32.
static Value computable(NodeBuilder &n, Value x) {
  auto type = dyn_cast<FloatType>(n.elem(x));
  return type && type.getWidth() <= 8 ? n.cast(x, n.b.getF32Type()) : x;
}

template <typename OpTy> static LogicalResult unary(NodeBuilder &n) {
  Value x = n.in(0);
  return n.result(n.cast(n.make<OpTy>(computable(n, x)), n.elem(x)));
}

/// Before opset 7 the dims of the second operand lie where `axis` says, if `broadcast` is set.
static Value legacySecond(NodeBuilder &n, Value x, Value y) {
  if (n.version >= 7 || !n.flagAttr("broadcast", false))
    return y;
  int64_t rank = n.rank(x), own = n.rank(y), axis = n.intAttr("axis", rank - own);
  if (axis < 0)
    axis += rank;
  if (axis < 0 || axis > rank - own)
    return n.failValue("expected axis to place " + llvm::Twine(own) + " dims inside of " + llvm::Twine(rank) +
                       ", but got " + llvm::Twine(axis));
  SmallVector<Size> shape(rank, n.sizes.of(1));
  for (int64_t i = 0; i < own; ++i)
    shape[axis + i] = n.dim(y, i);
  return n.reshape(y, shape);
}

template <typename OpTy>
static LogicalResult binary(NodeBuilder &n, ArrayRef<NamedAttribute> attributes = {}) {
  Value x = n.in(0), y = legacySecond(n, x, n.in(1));
  return n.result(n.binary<OpTy>(x, y, attributes));
}

static LogicalResult comparison(NodeBuilder &n, w::ComparePredicate pred) {
  return binary<w::CompareOp>(n, n.choice<w::ComparePredicateAttr>("pred", pred));
}

LogicalResult buildAbs(NodeBuilder &n) { return unary<w::AbsOp>(n); }
LogicalResult buildNeg(NodeBuilder &n) { return unary<w::NegOp>(n); }
LogicalResult buildSign(NodeBuilder &n) { return unary<w::SignOp>(n); }
LogicalResult buildExp(NodeBuilder &n) { return unary<w::ExpOp>(n); }
LogicalResult buildLog(NodeBuilder &n) { return unary<w::LogOp>(n); }
LogicalResult buildSqrt(NodeBuilder &n) { return unary<w::SqrtOp>(n); }
LogicalResult buildSin(NodeBuilder &n) { return unary<w::SinOp>(n); }
LogicalResult buildCos(NodeBuilder &n) { return unary<w::CosOp>(n); }
LogicalResult buildTan(NodeBuilder &n) { return unary<w::TanOp>(n); }
LogicalResult buildAsin(NodeBuilder &n) { return unary<w::AsinOp>(n); }
LogicalResult buildAcos(NodeBuilder &n) { return unary<w::AcosOp>(n); }
LogicalResult buildAtan(NodeBuilder &n) { return unary<w::AtanOp>(n); }
LogicalResult buildSinh(NodeBuilder &n) { return unary<w::SinhOp>(n); }
LogicalResult buildCosh(NodeBuilder &n) { return unary<w::CoshOp>(n); }
LogicalResult buildTanh(NodeBuilder &n) { return unary<w::TanhOp>(n); }
LogicalResult buildAsinh(NodeBuilder &n) { return unary<w::AsinhOp>(n); }
LogicalResult buildAcosh(NodeBuilder &n) { return unary<w::AcoshOp>(n); }
LogicalResult buildAtanh(NodeBuilder &n) { return unary<w::AtanhOp>(n); }
LogicalResult buildErf(NodeBuilder &n) { return unary<w::ErfOp>(n); }
LogicalResult buildSigmoid(NodeBuilder &n) { return unary<w::SigmoidOp>(n); }
LogicalResult buildCeil(NodeBuilder &n) { return unary<w::CeilOp>(n); }
LogicalResult buildFloor(NodeBuilder &n) { return unary<w::FloorOp>(n); }
LogicalResult buildRound(NodeBuilder &n) { return unary<w::RoundOp>(n); }
LogicalResult buildNot(NodeBuilder &n) { return unary<w::NotOp>(n); }
LogicalResult buildIsNaN(NodeBuilder &n) { return n.result(n.make<w::IsNanOp>(computable(n, n.in(0)))); }
LogicalResult buildIsInf(NodeBuilder &n) {
  return n.result(
      n.make<w::IsInfOp>(computable(n, n.in(0)), {n.flag("pos", n.flagAttr("detect_positive", true)),
                                                  n.flag("neg", n.flagAttr("detect_negative", true))}));
}

LogicalResult buildAdd(NodeBuilder &n) { return binary<w::AddOp>(n); }
LogicalResult buildSub(NodeBuilder &n) { return binary<w::SubOp>(n); }
LogicalResult buildMul(NodeBuilder &n) { return binary<w::MulOp>(n); }
LogicalResult buildDiv(NodeBuilder &n) { return binary<w::DivOp>(n); }
LogicalResult buildPow(NodeBuilder &n) { return binary<w::PowOp>(n); }
LogicalResult buildMod(NodeBuilder &n) {
  return binary<w::ModOp>(n, n.flag("fmod", n.flagAttr("fmod", false)));
}
LogicalResult buildAnd(NodeBuilder &n) { return binary<w::AndOp>(n); }
LogicalResult buildOr(NodeBuilder &n) { return binary<w::OrOp>(n); }
LogicalResult buildXor(NodeBuilder &n) { return binary<w::XorOp>(n); }
LogicalResult buildEqual(NodeBuilder &n) { return comparison(n, w::ComparePredicate::eq); }
LogicalResult buildLess(NodeBuilder &n) { return comparison(n, w::ComparePredicate::lt); }
LogicalResult buildGreater(NodeBuilder &n) { return comparison(n, w::ComparePredicate::gt); }
LogicalResult buildLessOrEqual(NodeBuilder &n) { return comparison(n, w::ComparePredicate::le); }
LogicalResult buildGreaterOrEqual(NodeBuilder &n) { return comparison(n, w::ComparePredicate::ge); }

LogicalResult buildBitShift(NodeBuilder &n) {
  std::string direction = n.stringAttr("direction", "");
  if (direction != "LEFT" && direction != "RIGHT")
    return n.fail("expected direction LEFT or RIGHT, but got '" + direction + "'");
  auto dir = direction == "LEFT" ? w::ShiftDirection::left : w::ShiftDirection::right;
  return binary<w::ShiftOp>(n, n.choice<w::ShiftDirectionAttr>("dir", dir));
}

template <typename OpTy> static Value foldInputs(NodeBuilder &n, Type element) {
  Value result = n.cast(n.in(0), element);
  for (unsigned i = 1; i < n.numInputs(); ++i)
    result = n.binary<OpTy>(result, n.cast(n.in(i), element));
  return result;
}
LogicalResult buildMax(NodeBuilder &n) { return n.result(foldInputs<w::MaxOp>(n, n.elem(n.in(0)))); }
LogicalResult buildMin(NodeBuilder &n) { return n.result(foldInputs<w::MinOp>(n, n.elem(n.in(0)))); }
LogicalResult buildSum(NodeBuilder &n) { return n.result(foldInputs<w::AddOp>(n, n.elem(n.in(0)))); }
LogicalResult buildMean(NodeBuilder &n) {
  Type element = n.elem(n.in(0)), wide = w::getAccumulatorType(element);
  Value sum = foldInputs<w::AddOp>(n, wide);
  return n.result(n.cast(n.mul(sum, n.scalar(wide, 1.0 / n.numInputs())), element));
}

LogicalResult buildIdentity(NodeBuilder &n) { return n.result(n.in(0)); }
LogicalResult buildReciprocal(NodeBuilder &n) {
  Value x = n.in(0);
  return n.result(n.div(n.scalar(n.elem(x), 1.0), x));
}
LogicalResult buildWhere(NodeBuilder &n) { return n.result(n.select(n.in(0), n.in(1), n.in(2))); }

/// A bound of Clip: rank 0, or one element of any rank.
static Value clipBound(NodeBuilder &n, Value bound) {
  if (bound && n.rank(bound) > 0)
    return n.reshape(bound, ArrayRef<int64_t>());
  return bound;
}

LogicalResult buildClip(NodeBuilder &n) {
  Value x = n.in(0), lo, hi;
  if (n.version < 11) {
    if (n.hasAttr("min"))
      lo = n.scalar(n.elem(x), n.floatAttr("min", 0));
    if (n.hasAttr("max"))
      hi = n.scalar(n.elem(x), n.floatAttr("max", 0));
  } else {
    lo = clipBound(n, n.in(1));
    hi = clipBound(n, n.in(2));
    if ((n.has(1) && !lo) || (n.has(2) && !hi))
      return failure();
  }
  // In this order all values become `hi` when lo > hi.
  if (lo)
    x = n.max(x, lo);
  return n.result(hi ? n.min(x, hi) : x);
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

static Value negativePart(NodeBuilder &n, Value x, Value whenNegative) {
  return n.select(n.compare(w::ComparePredicate::lt, x, n.scalar(n.elem(x), 0.0)), whenNegative, x);
}

LogicalResult buildRelu(NodeBuilder &n) {
  Value x = n.in(0);
  return n.result(n.max(x, n.scalar(n.elem(x), 0.0)));
}
LogicalResult buildLeakyRelu(NodeBuilder &n) {
  Value x = n.in(0);
  return n.result(negativePart(n, x, n.mul(x, n.scalar(n.elem(x), n.floatAttr("alpha", 0.01)))));
}
LogicalResult buildPRelu(NodeBuilder &n) {
  Value x = n.in(0), slope = n.in(1);
  if (n.version < 7 && n.rank(slope) == 1 && n.rank(x) > 1 && n.type(slope).getDimSize(0) != 1)
    slope = n.onAxis(slope, 1, n.rank(x));
  return n.result(negativePart(n, x, n.mul(x, slope)));
}
LogicalResult buildThresholdedRelu(NodeBuilder &n) {
  Value x = n.in(0);
  Value above = n.compare(w::ComparePredicate::gt, x, n.scalar(n.elem(x), n.floatAttr("alpha", 1.0)));
  return n.result(n.select(above, x, n.scalar(n.elem(x), 0.0)));
}
static Value elu(NodeBuilder &n, Value x, double alpha) {
  return negativePart(n, x, n.mul(n.make<w::Expm1Op>(x), n.scalar(n.elem(x), alpha)));
}
LogicalResult buildElu(NodeBuilder &n) { return n.result(elu(n, n.in(0), n.floatAttr("alpha", 1.0))); }
LogicalResult buildSelu(NodeBuilder &n) {
  Value x = n.in(0);
  double alpha = n.floatAttr("alpha", n.version < 6 ? 1.6732 : 1.67326319217681884765625);
  double gamma = n.floatAttr("gamma", n.version < 6 ? 1.0507 : 1.05070102214813232421875);
  return n.result(n.mul(elu(n, x, alpha), n.scalar(n.elem(x), gamma)));
}
LogicalResult buildCelu(NodeBuilder &n) {
  Value x = n.in(0);
  Value alpha = n.scalar(n.elem(x), n.floatAttr("alpha", 1.0)), zero = n.scalar(n.elem(x), 0.0);
  Value below = n.min(n.mul(n.make<w::Expm1Op>(n.div(x, alpha)), alpha), zero);
  return n.result(n.add(n.max(x, zero), below));
}
/// max(0, min(1, a x + b)).
static Value hardSigmoid(NodeBuilder &n, Value x, double a, double b) {
  Type t = n.elem(x);
  Value line = n.add(n.mul(x, n.scalar(t, a)), n.scalar(t, b));
  return n.max(n.min(line, n.scalar(t, 1.0)), n.scalar(t, 0.0));
}
LogicalResult buildHardSigmoid(NodeBuilder &n) {
  return n.result(hardSigmoid(n, n.in(0), n.floatAttr("alpha", 0.2), n.floatAttr("beta", 0.5)));
}
LogicalResult buildHardSwish(NodeBuilder &n) {
  return n.result(n.mul(n.in(0), hardSigmoid(n, n.in(0), 1.0 / 6.0, 0.5)));
}
/// max(x, 0) + log1p(exp(-|x|)): finite for every finite x.
static Value softplus(NodeBuilder &n, Value x) {
  Value small = n.make<w::Log1pOp>(n.make<w::ExpOp>(n.make<w::NegOp>(n.make<w::AbsOp>(x))));
  return n.add(n.max(x, n.scalar(n.elem(x), 0.0)), small);
}
LogicalResult buildSoftplus(NodeBuilder &n) { return n.result(softplus(n, n.in(0))); }
LogicalResult buildSoftsign(NodeBuilder &n) {
  Value x = n.in(0);
  return n.result(n.div(x, n.add(n.make<w::AbsOp>(x), n.scalar(n.elem(x), 1.0))));
}
LogicalResult buildMish(NodeBuilder &n) {
  return n.result(n.mul(n.in(0), n.make<w::TanhOp>(softplus(n, n.in(0)))));
}
static Value swish(NodeBuilder &n, Value x, double alpha) {
  Value scaled = alpha == 1.0 ? x : n.mul(x, n.scalar(n.elem(x), alpha));
  return n.mul(x, n.make<w::SigmoidOp>(scaled));
}
LogicalResult buildSwish(NodeBuilder &n) { return n.result(swish(n, n.in(0), n.floatAttr("alpha", 1.0))); }
LogicalResult buildSwiGLU(NodeBuilder &n) {
  return n.result(n.mul(swish(n, n.in(0), n.floatAttr("alpha", 1.0)), n.in(1)));
}
LogicalResult buildGelu(NodeBuilder &n) {
  std::string approximate = n.stringAttr("approximate", "none");
  if (approximate != "none" && approximate != "tanh")
    return n.fail("expected approximate none or tanh, but got '" + approximate + "'");
  auto approx = approximate == "none" ? w::GeluApprox::none : w::GeluApprox::tanh;
  return n.result(n.make<w::GeluOp>(n.in(0), n.choice<w::GeluApproxAttr>("approx", approx)));
}
LogicalResult buildShrink(NodeBuilder &n) {
  Value x = n.in(0);
  Type t = n.elem(x);
  double bias = n.floatAttr("bias", 0.0), lambd = n.floatAttr("lambd", 0.5);
  Value isHigh = n.compare(w::ComparePredicate::gt, x, n.scalar(t, lambd));
  Value isLow = n.compare(w::ComparePredicate::lt, x, n.scalar(t, -lambd));
  Value high = n.select(isHigh, n.sub(x, n.scalar(t, bias)), n.scalar(t, 0.0));
  return n.result(n.select(isLow, n.add(x, n.scalar(t, bias)), high));
}

//===----------------------------------------------------------------------===//
// Conversion
//===----------------------------------------------------------------------===//

static LogicalResult buildCastTo(NodeBuilder &n, Type to) {
  if (n.elem(n.in(0)) == to)
    return n.result(n.in(0));
  std::string mode = n.stringAttr("round_mode", "up");
  std::optional<w::CastRound> round = w::symbolizeCastRound(mode);
  if (!round)
    return n.fail("expected round_mode up, down or nearest, but got '" + mode + "'");
  if (isa<w::StringType>(to) || isa<w::StringType>(n.elem(n.in(0)))) {
    (void)n.flagAttr("saturate", true);
    return n.result(n.cast(n.in(0), to));
  }
  return n.result(
      n.make<w::CastOp>(n.in(0), {n.ofType("to", to), n.flag("saturate", n.flagAttr("saturate", true)),
                                  n.choice<w::CastRoundAttr>("round_mode", *round)}));
}

LogicalResult buildCast(NodeBuilder &n) {
  int32_t to = 0;
  if (n.version < 6) {
    std::string name = n.stringAttr("to", "");
    onnx::TensorProto::DataType parsed;
    if (!onnx::TensorProto_DataType_Parse(llvm::StringRef(name).upper(), &parsed))
      return n.fail("expected the name of an element type in attribute 'to', but got '" + name + "'");
    to = parsed;
  } else {
    to = static_cast<int32_t>(n.intAttr("to", 0));
  }
  Type type = elementType(n.b.getContext(), to);
  if (!type)
    return n.fail("expected a known element type in attribute 'to', but got " + dataTypeName(to));
  return buildCastTo(n, type);
}
LogicalResult buildCastLike(NodeBuilder &n) { return buildCastTo(n, n.elem(n.in(1))); }
LogicalResult buildBitCast(NodeBuilder &n) {
  auto to = static_cast<int32_t>(n.intAttr("to", 0));
  Type type = elementType(n.b.getContext(), to);
  if (!type)
    return n.fail("expected a known element type in attribute 'to', but got " + dataTypeName(to));
  // A boolean is a byte in memory.
  if (n.elem(n.in(0)).isInteger(1) || type.isInteger(1))
    return n.result(n.cast(n.in(0), type));
  return n.result(n.make<w::BitcastOp>(n.in(0), n.ofType("to", type)));
}

//===----------------------------------------------------------------------===//
// Dropout
//===----------------------------------------------------------------------===//

/// x * (random >= ratio) / (1 - ratio), and the mask.
static std::pair<Value, Value> trainedDropout(NodeBuilder &n, Value x) {
  Type f32 = n.b.getF32Type();
  Value ratio = n.has(1) ? n.cast(clipBound(n, n.in(1)), f32) : n.scalar(f32, 0.5);
  SmallVector<int64_t> fixed;
  SmallVector<Value> values;
  split(n.dims(x), fixed, values);
  SmallVector<NamedAttribute> attributes = {n.list("static_shape", fixed), n.ofType("to", f32),
                                            n.choice<w::RandomDistAttr>("dist", w::RandomDist::uniform)};
  if (n.hasAttr("seed"))
    attributes.push_back(n.f64("seed", static_cast<double>(n.intAttr("seed", 0))));
  Value random = n.make<w::RandomOp>(values, attributes);
  Value mask = n.compare(w::ComparePredicate::ge, random, ratio);
  Value scale = n.cast(n.div(n.scalar(f32, 1.0), n.sub(n.scalar(f32, 1.0), ratio)), n.elem(x));
  return {n.select(mask, n.mul(x, scale), n.scalar(n.elem(x), 0.0)), mask};
}

LogicalResult buildDropout(NodeBuilder &n) {
  Value x = n.in(0);
  (void)n.floatAttr("ratio", 0.5);
  if (n.version < 7 && !n.flagAttr("is_test", false))
    n.warn("dropout is imported as inference: it changes nothing");
  bool maskIsBool = n.version >= 10;
  Value y = x, mask = n.wants(1)
                          ? n.broadcast(n.withRank(n.intScalar(n.b.getI1Type(), 1), n.rank(x)), n.dims(x))
                          : Value();
  Value training = n.version >= 12 ? clipBound(n, n.in(2)) : Value();
  std::optional<SmallVector<double>> known = n.constantOf(training);
  bool isZeroRatio = n.has(1) && n.constantOf(n.in(1)) == SmallVector<double>{0.0};
  if (training && !isZeroRatio && (!known || known->front() != 0)) {
    auto [trained, trainedMask] = trainedDropout(n, x);
    y = known ? trained : n.select(training, trained, x);
    if (n.wants(1))
      mask = known ? trainedMask : n.select(training, trainedMask, mask);
  } else {
    (void)n.intAttr("seed", 0);
  }
  if (n.wants(1) && failed(n.result(1, maskIsBool ? mask : n.cast(mask, n.elem(x)))))
    return failure();
  return n.result(y);
}

} // namespace weft::importer
