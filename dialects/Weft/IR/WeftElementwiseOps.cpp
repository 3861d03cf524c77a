// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise ops: result types and folds.
//
// Constraints of docs/spec/elementwise.md, the same for each op: C1 element type, C2 equal element types of
// operands, C3 equal ranks, C4 dims that broadcast.
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/OpDefinition.h"

using namespace mlir;
using namespace mlir::weft;

//===----------------------------------------------------------------------===//
// Result types
//===----------------------------------------------------------------------===//

namespace {

/// Classes of element types, for the sets that a scalar function takes.
enum ElementClass : unsigned {
  kBool = 1,
  kInt = 2,
  kFloat = 4, ///< f16, bf16, f32, f64, and quantised types that stand for them
  kComplex = 8,
  kSmallFloat = 16, ///< storage only: float8 and narrower
  kString = 32,
};

ElementClass classOf(Type element) {
  if (element.isInteger(1))
    return kBool;
  if (isa<IntegerType>(element))
    return kInt;
  if (isa<ComplexType>(element))
    return kComplex;
  if (isa<StringType>(element))
    return kString;
  if (auto type = dyn_cast<FloatType>(element); type && type.getWidth() < 16)
    return kSmallFloat;
  return kFloat;
}

/// Element types that the operands of a function may have; for select, those of the chosen operands.
unsigned allowedClasses(ScalarFn fn) {
  switch (fn) {
  case ScalarFn::abs:
  case ScalarFn::neg:
  case ScalarFn::add:
  case ScalarFn::sub:
  case ScalarFn::mul:
  case ScalarFn::div:
    return kInt | kFloat | kComplex;
  case ScalarFn::sign:
  case ScalarFn::pow:
  case ScalarFn::mod:
  case ScalarFn::max:
  case ScalarFn::min:
    return kInt | kFloat;
  case ScalarFn::not_:
  case ScalarFn::and_:
  case ScalarFn::or_:
  case ScalarFn::xor_:
    return kBool | kInt;
  case ScalarFn::shift:
    return kInt;
  case ScalarFn::compare:
    return kBool | kInt | kFloat | kComplex | kString;
  case ScalarFn::select:
  case ScalarFn::cast:
  case ScalarFn::bitcast:
    return kBool | kInt | kFloat | kComplex | kSmallFloat | kString;
  default:
    return kFloat;
  }
}

std::string describe(unsigned classes) {
  SmallVector<StringRef> names;
  for (auto [bit, name] : {std::pair<unsigned, StringRef>{kBool, "boolean"},
                           {kInt, "integer"},
                           {kFloat, "float"},
                           {kComplex, "complex"},
                           {kSmallFloat, "small float"},
                           {kString, "string"}})
    if (classes & bit)
      names.push_back(name);
  return llvm::join(names, " or ");
}

/// C1 for conversions: complex goes to complex, quantised types go through quantize and dequantize.
LogicalResult checkCast(std::optional<Location> loc, StringRef name, Type from, Type to) {
  if (!isa<IntegerType, FloatType, ComplexType, StringType>(to) || isa<quant::QuantizedType>(from) ||
      isa<ComplexType>(from) != isa<ComplexType>(to))
    return inferError(loc, name, 1, "expected a conversion between numbers, booleans and strings, but got ",
                      from, " to ", to);
  return success();
}

LogicalResult checkBitcast(std::optional<Location> loc, StringRef name, Type from, Type to) {
  bool isWord = isa<IntegerType, FloatType>(from) && isa<IntegerType, FloatType>(to);
  if (!isWord || from.getIntOrFloatBitWidth() != to.getIntOrFloatBitWidth())
    return inferError(loc, name, 1, "expected element types of equal width, but got ", from, " and ", to);
  return success();
}

LogicalResult checkElements(std::optional<Location> loc, StringRef name, ScalarFn fn, ArrayRef<Type> elements,
                            Type to) {
  if (fn == ScalarFn::cast)
    return checkCast(loc, name, elements[0], to);
  if (fn == ScalarFn::bitcast)
    return checkBitcast(loc, name, elements[0], to);
  unsigned allowed = allowedClasses(fn);
  for (Type element : elements.drop_front(fn == ScalarFn::select ? 1 : 0))
    if (!(classOf(element) & allowed))
      return inferError(loc, name, 1, "expected ", describe(allowed), " elements, but got ", element);
  if (elements.size() < 2 || fn == ScalarFn::pow)
    return success();
  Type a = elements[elements.size() - 2], b = elements.back();
  bool areBothQuantised = isa<quant::QuantizedType>(a) && isa<quant::QuantizedType>(b);
  if (a != b && !areBothQuantised)
    return inferError(loc, name, 2, "expected operands of one element type, but got ", a, " and ", b);
  return success();
}

Type resultElement(ScalarFn fn, ArrayRef<Type> elements, Type to) {
  switch (fn) {
  case ScalarFn::compare:
  case ScalarFn::is_nan:
  case ScalarFn::is_inf:
    return IntegerType::get(elements[0].getContext(), 1);
  case ScalarFn::cast:
  case ScalarFn::bitcast:
    return to;
  case ScalarFn::select:
    return elements[1];
  case ScalarFn::abs:
    if (auto complex = dyn_cast<ComplexType>(elements[0]))
      return complex.getElementType();
    return elements[0];
  default:
    return elements[0];
  }
}

} // namespace

LogicalResult mlir::weft::inferElementwiseType(StringRef opName, ScalarFn fn, MLIRContext *context,
                                               std::optional<Location> loc, ValueRange operands, Type to,
                                               SmallVectorImpl<Type> &types) {
  StringRef name = opName;
  name.consume_front("weft.");
  SmallVector<Type> elements;
  SmallVector<DimExpr> dims;
  for (auto [index, operand] : llvm::enumerate(operands)) {
    auto type = cast<RankedTensorType>(operand.getType());
    elements.push_back(type.getElementType());
    if (index == 0) {
      dims = getDims(type);
      continue;
    }
    int64_t rank = dims.size();
    if (type.getRank() != rank)
      return inferError(loc, name, 3, "expected operand ", index, " of rank ", rank, ", but got rank ",
                        type.getRank());
    for (int64_t axis = 0; axis < rank; ++axis) {
      std::optional<DimExpr> dim = broadcastDim(dims[axis], getDim(type, axis));
      if (!dim)
        return inferError(loc, name, 4, "expected dim ", axis, " of operand ", index, " to be 1 or ",
                          dims[axis].str(), ", but got ", getDim(type, axis).str());
      dims[axis] = *dim;
    }
  }
  if (failed(checkElements(loc, name, fn, elements, to)))
    return failure();
  types.push_back(makeTensorType(dims, resultElement(fn, elements, to)));
  return success();
}

//===----------------------------------------------------------------------===//
// Folds
//===----------------------------------------------------------------------===//

/// Whether `attribute` is a constant whose every element is the number `value`; the sign of a zero counts.
static bool isSplat(Attribute attribute, double value) {
  auto elements = dyn_cast_if_present<DenseElementsAttr>(attribute);
  if (!elements || !elements.isSplat())
    return false;
  if (isa<FloatType>(elements.getElementType())) {
    APFloat number = elements.getSplatValue<APFloat>(), wanted(value);
    bool losesInfo;
    wanted.convert(number.getSemantics(), APFloat::rmNearestTiesToEven, &losesInfo);
    return !losesInfo && number.bitwiseIsEqual(wanted);
  }
  if (isa<IntegerType>(elements.getElementType()))
    return value == static_cast<int64_t>(value) &&
           elements.getSplatValue<APInt>() == APInt(elements.getElementType().getIntOrFloatBitWidth(),
                                                    static_cast<uint64_t>(static_cast<int64_t>(value)),
                                                    /*isSigned=*/true, /*implicitTrunc=*/true);
  return false;
}

static bool isIntegerSplat(Attribute attribute, int64_t value) {
  auto elements = dyn_cast_if_present<DenseElementsAttr>(attribute);
  return elements && isa<IntegerType>(elements.getElementType()) && isSplat(attribute, value);
}

/// `value` when it can stand for the result of `op`.
static OpFoldResult asResult(Operation *op, Value value) {
  return value.getType() == op->getResult(0).getType() ? OpFoldResult(value) : OpFoldResult();
}

/// fn(fn(x)) = x.
template <typename OpTy> static OpFoldResult foldInvolution(OpTy op) {
  if (auto inner = op.getX().template getDefiningOp<OpTy>())
    return asResult(op, inner.getX());
  return {};
}

/// fn(fn(x)) = fn(x).
template <typename OpTy> static OpFoldResult foldIdempotent(OpTy op) {
  return op.getX().template getDefiningOp<OpTy>() ? asResult(op, op.getX()) : OpFoldResult();
}

OpFoldResult NegOp::fold(FoldAdaptor) { return foldInvolution(*this); }
OpFoldResult NotOp::fold(FoldAdaptor) { return foldInvolution(*this); }
OpFoldResult AbsOp::fold(FoldAdaptor) { return foldIdempotent(*this); }
OpFoldResult SignOp::fold(FoldAdaptor) { return foldIdempotent(*this); }
OpFoldResult CeilOp::fold(FoldAdaptor) { return foldIdempotent(*this); }
OpFoldResult FloorOp::fold(FoldAdaptor) { return foldIdempotent(*this); }
OpFoldResult RoundOp::fold(FoldAdaptor) { return foldIdempotent(*this); }

// Functions that only evaluation on constants simplifies.
#define WEFT_NO_FOLD(OP)                                                                                     \
  OpFoldResult OP::fold(FoldAdaptor) { return {}; }
WEFT_NO_FOLD(ExpOp)
WEFT_NO_FOLD(Expm1Op)
WEFT_NO_FOLD(LogOp)
WEFT_NO_FOLD(Log1pOp)
WEFT_NO_FOLD(SqrtOp)
WEFT_NO_FOLD(RsqrtOp)
WEFT_NO_FOLD(SinOp)
WEFT_NO_FOLD(CosOp)
WEFT_NO_FOLD(TanOp)
WEFT_NO_FOLD(AsinOp)
WEFT_NO_FOLD(AcosOp)
WEFT_NO_FOLD(AtanOp)
WEFT_NO_FOLD(SinhOp)
WEFT_NO_FOLD(CoshOp)
WEFT_NO_FOLD(TanhOp)
WEFT_NO_FOLD(AsinhOp)
WEFT_NO_FOLD(AcoshOp)
WEFT_NO_FOLD(AtanhOp)
WEFT_NO_FOLD(ErfOp)
WEFT_NO_FOLD(SigmoidOp)
WEFT_NO_FOLD(GeluOp)
WEFT_NO_FOLD(IsNanOp)
WEFT_NO_FOLD(IsInfOp)
WEFT_NO_FOLD(ModOp)
#undef WEFT_NO_FOLD

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  // x + 0.0 is not x for x = -0.0, but x + -0.0 is.
  for (auto [constant, other] :
       {std::pair(adaptor.getRhs(), getLhs()), std::pair(adaptor.getLhs(), getRhs())})
    if (isIntegerSplat(constant, 0) || isSplat(constant, -0.0))
      return asResult(*this, other);
  return {};
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  return isSplat(adaptor.getRhs(), 0.0) ? asResult(*this, getLhs()) : OpFoldResult();
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  for (auto [constant, value, other] :
       {std::tuple(adaptor.getRhs(), getRhs(), getLhs()), std::tuple(adaptor.getLhs(), getLhs(), getRhs())}) {
    if (isSplat(constant, 1.0))
      return asResult(*this, other);
    if (isIntegerSplat(constant, 0))
      return asResult(*this, value);
  }
  return {};
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  return isSplat(adaptor.getRhs(), 1.0) ? asResult(*this, getLhs()) : OpFoldResult();
}

OpFoldResult PowOp::fold(FoldAdaptor adaptor) {
  return isSplat(adaptor.getRhs(), 1.0) ? asResult(*this, getLhs()) : OpFoldResult();
}

OpFoldResult MaxOp::fold(FoldAdaptor) {
  return getLhs() == getRhs() ? asResult(*this, getLhs()) : OpFoldResult();
}
OpFoldResult MinOp::fold(FoldAdaptor) {
  return getLhs() == getRhs() ? asResult(*this, getLhs()) : OpFoldResult();
}

OpFoldResult AndOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs())
    return asResult(*this, getLhs());
  for (auto [constant, value, other] :
       {std::tuple(adaptor.getRhs(), getRhs(), getLhs()), std::tuple(adaptor.getLhs(), getLhs(), getRhs())}) {
    if (isIntegerSplat(constant, -1))
      return asResult(*this, other);
    if (isIntegerSplat(constant, 0))
      return asResult(*this, value);
  }
  return {};
}

OpFoldResult OrOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs())
    return asResult(*this, getLhs());
  for (auto [constant, value, other] :
       {std::tuple(adaptor.getRhs(), getRhs(), getLhs()), std::tuple(adaptor.getLhs(), getLhs(), getRhs())}) {
    if (isIntegerSplat(constant, 0))
      return asResult(*this, other);
    if (isIntegerSplat(constant, -1))
      return asResult(*this, value);
  }
  return {};
}

OpFoldResult XorOp::fold(FoldAdaptor adaptor) {
  for (auto [constant, other] :
       {std::pair(adaptor.getRhs(), getLhs()), std::pair(adaptor.getLhs(), getRhs())})
    if (isIntegerSplat(constant, 0))
      return asResult(*this, other);
  return {};
}

OpFoldResult ShiftOp::fold(FoldAdaptor adaptor) {
  return isIntegerSplat(adaptor.getRhs(), 0) ? asResult(*this, getLhs()) : OpFoldResult();
}

OpFoldResult CompareOp::fold(FoldAdaptor) {
  // x compared with itself is known where no element can be NaN.
  auto type = cast<RankedTensorType>(getResult().getType());
  if (getLhs() != getRhs() || !type.hasStaticShape() ||
      classOf(getLhs().getType().getElementType()) & ~(kBool | kInt))
    return {};
  ComparePredicate pred = getPred();
  bool isTrue = pred == ComparePredicate::eq || pred == ComparePredicate::le || pred == ComparePredicate::ge;
  return DenseElementsAttr::get(type, isTrue);
}

OpFoldResult SelectOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs())
    return asResult(*this, getLhs());
  if (isIntegerSplat(adaptor.getCond(), -1))
    return asResult(*this, getLhs());
  if (isIntegerSplat(adaptor.getCond(), 0))
    return asResult(*this, getRhs());
  return {};
}

/// Whether every value of `from` is one of `to`.
static bool isLossless(Type from, Type to) {
  if (auto a = dyn_cast<FloatType>(from), b = dyn_cast<FloatType>(to); a && b)
    return (a.getWidth() < b.getWidth() && b.getWidth() >= 32 && a.getWidth() >= 16);
  auto a = dyn_cast<IntegerType>(from), b = dyn_cast<IntegerType>(to);
  if (!a || !b || a.getWidth() >= b.getWidth())
    return false;
  bool isUnsignedFrom = a.isUnsigned() || a.getWidth() == 1;
  return isUnsignedFrom || !b.isUnsigned();
}

OpFoldResult CastOp::fold(FoldAdaptor) {
  Type from = getX().getType().getElementType();
  if (from == getTo())
    return asResult(*this, getX());
  // There and back through a wider type changes nothing.
  auto inner = getX().getDefiningOp<CastOp>();
  if (inner && inner.getX().getType().getElementType() == getTo() && isLossless(getTo(), from))
    return asResult(*this, inner.getX());
  return {};
}

OpFoldResult BitcastOp::fold(FoldAdaptor) {
  if (getX().getType().getElementType() == getTo())
    return asResult(*this, getX());
  if (auto inner = getX().getDefiningOp<BitcastOp>()) {
    if (inner.getX().getType().getElementType() == getTo())
      return asResult(*this, inner.getX());
    getXMutable().assign(inner.getX());
    return getResult();
  }
  return {};
}
