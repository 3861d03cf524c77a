// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows the elements of small tensors through the ops that shape computations are made of.
#include "Model.h"
#include "Sizes.h"

#include "dialects/Weft/IR/WeftOps.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

namespace weft::importer {

namespace w = mlir::weft;
using Scalars = SmallVector<Scalar>;

namespace {

/// Computed tensors of more elements than this are not followed; constants may be larger.
constexpr int64_t kMaxComputed = 64;
constexpr int64_t kMaxConstant = 4096;
/// Ops deeper than this behind a value are not followed.
constexpr int kMaxDepth = 64;

/// Follows one value. What was found is kept per value, since shape chains share their parts.
class Follower {
public:
  std::optional<Scalars> follow(Value value, int depth = 0);

private:
  std::optional<Scalars> compute(Operation *op, Value value, int depth);
  std::optional<Scalars> elementwise(Operation *op, int depth);
  std::optional<Scalar> apply(Operation *op, ArrayRef<Scalar> args, Type operand, Type result,
                              const SizeMath &math);
  std::optional<Scalars> reduce(w::ReduceOp op, int depth);
  std::optional<Scalars> concat(w::ConcatOp op, int depth);

  llvm::DenseMap<Value, std::optional<Scalars>> found;
};

std::optional<Scalars> constantElements(ElementsAttr value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape() || type.getNumElements() > kMaxConstant)
    return std::nullopt;
  Type element = type.getElementType();
  std::optional<std::vector<char>> bytes = unpackBytes(value);
  if (!bytes || !(element.isIntOrFloat()))
    return std::nullopt;
  unsigned width = element.getIntOrFloatBitWidth(), step = std::max(storedBits(element) / 8, 1u);
  Scalars result;
  for (int64_t i = 0, e = type.getNumElements(); i < e; ++i) {
    uint64_t bits = 0;
    std::memcpy(&bits, bytes->data() + i * step, step);
    APInt raw(width, width == 64 ? bits : bits & ((uint64_t(1) << width) - 1));
    if (auto floating = dyn_cast<FloatType>(element)) {
      APFloat number(floating.getFloatSemantics(), raw);
      bool lossy;
      number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lossy);
      result.push_back(Scalar::ofFloat(number.convertToDouble()));
    } else {
      bool isUnsigned = element.isUnsignedInteger() || width == 1;
      result.push_back(
          Scalar::ofInt(isUnsigned ? static_cast<int64_t>(raw.getZExtValue()) : raw.getSExtValue()));
    }
  }
  return result;
}

bool isWideInt(Type type) { return type.isSignlessInteger(64) || type.isSignlessInteger(32); }

/// An integer as a value of `type` holds it.
int64_t wrapTo(int64_t value, Type type) {
  unsigned width = type.getIntOrFloatBitWidth();
  if (width == 64)
    return value;
  APInt bits(64, static_cast<uint64_t>(value));
  bits = bits.trunc(width);
  return type.isUnsignedInteger() || width == 1 ? static_cast<int64_t>(bits.getZExtValue())
                                                : bits.getSExtValue();
}

/// A real number as a value of `type` holds it.
double roundTo(double value, Type type) {
  APFloat number(value);
  bool lossy;
  number.convert(cast<FloatType>(type).getFloatSemantics(), APFloat::rmNearestTiesToEven, &lossy);
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lossy);
  return number.convertToDouble();
}

Size sizeOfScalar(const Scalar &scalar, const SizeMath &math) {
  return scalar.kind == Scalar::Kind::Index ? Size(scalar.index) : math.of(scalar.integer);
}

Scalar scalarOfSize(Size size) {
  if (std::optional<int64_t> number = known(size))
    return Scalar::ofInt(*number);
  return Scalar::ofIndex(cast<Value>(size));
}

std::optional<Scalars> Follower::follow(Value value, int depth) {
  if (auto known = found.find(value); known != found.end())
    return known->second;
  auto type = dyn_cast<RankedTensorType>(value.getType());
  Operation *op = value.getDefiningOp();
  if (!type || !op || depth > kMaxDepth || !type.hasStaticShape())
    return std::nullopt;
  std::optional<Scalars> result;
  if (auto constant = dyn_cast<w::ConstantOp>(op))
    result = constantElements(constant.getValue());
  else if (type.getNumElements() <= kMaxComputed)
    result = compute(op, value, depth + 1);
  found[value] = result;
  return result;
}

/// Elements at row-major places of a permuted or cut box.
std::optional<Scalars> pick(const std::optional<Scalars> &from, ArrayRef<int64_t> places) {
  if (!from)
    return std::nullopt;
  Scalars result;
  for (int64_t place : places) {
    if (place < 0 || place >= static_cast<int64_t>(from->size()))
      return std::nullopt;
    result.push_back((*from)[place]);
  }
  return result;
}

/// Calls `visit` with each coordinate of a box, row-major.
void forEachPlace(ArrayRef<int64_t> shape, function_ref<void(ArrayRef<int64_t>)> visit) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  SmallVector<int64_t> at(shape.size(), 0);
  for (int64_t i = 0; i < count; ++i) {
    visit(at);
    for (int64_t axis = static_cast<int64_t>(shape.size()) - 1; axis >= 0 && ++at[axis] == shape[axis];
         --axis)
      at[axis] = 0;
  }
}

int64_t flatten(ArrayRef<int64_t> at, ArrayRef<int64_t> shape) {
  int64_t place = 0;
  for (auto [index, size] : llvm::zip_equal(at, shape))
    place = place * size + (size == 1 ? 0 : index);
  return place;
}

std::optional<Scalars> Follower::compute(Operation *op, Value value, int depth) {
  auto type = cast<RankedTensorType>(value.getType());
  ArrayRef<int64_t> shape = type.getShape();
  auto operandShape = [&](unsigned i) {
    return cast<RankedTensorType>(op->getOperand(i).getType()).getShape();
  };
  if (auto from = dyn_cast<w::FromElementsOp>(op)) {
    Scalars result;
    for (Value element : from.getElements())
      result.push_back(scalarOfSize(element));
    return result;
  }
  if (isa<w::ReshapeOp>(op))
    return follow(op->getOperand(0), depth);
  if (auto reduce = dyn_cast<w::ReduceOp>(op))
    return this->reduce(reduce, depth);
  if (auto concat = dyn_cast<w::ConcatOp>(op))
    return this->concat(concat, depth);
  SmallVector<int64_t> places;
  if (auto iota = dyn_cast<w::IotaOp>(op)) {
    Scalars result;
    bool isReal = isa<FloatType>(type.getElementType());
    forEachPlace(shape, [&](ArrayRef<int64_t> at) {
      int64_t index = at[iota.getAxis()];
      result.push_back(isReal ? Scalar::ofFloat(static_cast<double>(index)) : Scalar::ofInt(index));
    });
    return result;
  }
  if (isa<w::BroadcastOp>(op)) {
    if (!cast<RankedTensorType>(op->getOperand(0).getType()).hasStaticShape())
      return std::nullopt;
    forEachPlace(shape, [&](ArrayRef<int64_t> at) { places.push_back(flatten(at, operandShape(0))); });
    return pick(follow(op->getOperand(0), depth), places);
  }
  if (auto transpose = dyn_cast<w::TransposeOp>(op)) {
    forEachPlace(shape, [&](ArrayRef<int64_t> at) {
      SmallVector<int64_t> from(at.size());
      for (auto [axis, source] : llvm::enumerate(transpose.getPerm()))
        from[source] = at[axis];
      places.push_back(flatten(from, operandShape(0)));
    });
    return pick(follow(op->getOperand(0), depth), places);
  }
  if (auto slice = dyn_cast<w::SliceOp>(op)) {
    if (!slice.getOffsets().empty() || !cast<RankedTensorType>(op->getOperand(0).getType()).hasStaticShape())
      return std::nullopt;
    forEachPlace(shape, [&](ArrayRef<int64_t> at) {
      SmallVector<int64_t> from;
      for (auto [index, offset, stride] : llvm::zip_equal(at, slice.getStaticOffsets(), slice.getStrides()))
        from.push_back(offset + index * stride);
      places.push_back(flatten(from, operandShape(0)));
    });
    return pick(follow(op->getOperand(0), depth), places);
  }
  if (auto reverse = dyn_cast<w::ReverseOp>(op)) {
    forEachPlace(shape, [&](ArrayRef<int64_t> at) {
      SmallVector<int64_t> from(at);
      for (int64_t axis : reverse.getAxes())
        from[axis] = shape[axis] - 1 - at[axis];
      places.push_back(flatten(from, shape));
    });
    return pick(follow(op->getOperand(0), depth), places);
  }
  if (auto gather = dyn_cast<w::GatherOp>(op)) {
    std::optional<Scalars> indices = follow(gather.getIndices(), depth);
    auto x = cast<RankedTensorType>(gather.getX().getType());
    if (!indices || x.getRank() != 1 || !x.hasStaticShape())
      return std::nullopt;
    for (const Scalar &index : *indices) {
      if (index.kind != Scalar::Kind::Int)
        return std::nullopt;
      places.push_back(index.integer < 0 ? index.integer + x.getDimSize(0) : index.integer);
    }
    return pick(follow(gather.getX(), depth), places);
  }
  if (isa<w::ElementwiseOpInterface>(op))
    return elementwise(op, depth);
  return std::nullopt;
}

std::optional<Scalars> Follower::concat(w::ConcatOp op, int depth) {
  SmallVector<Scalars> parts;
  for (Value operand : op.getXs()) {
    std::optional<Scalars> part = follow(operand, depth);
    if (!part)
      return std::nullopt;
    parts.push_back(std::move(*part));
  }
  auto type = cast<RankedTensorType>(op.getType());
  Scalars result;
  forEachPlace(type.getShape(), [&](ArrayRef<int64_t> at) {
    SmallVector<int64_t> from(at);
    int64_t axis = op.getAxis();
    for (auto [operand, part] : llvm::zip_equal(op.getXs(), parts)) {
      ArrayRef<int64_t> shape = cast<RankedTensorType>(operand.getType()).getShape();
      if (from[axis] < shape[axis]) {
        result.push_back(part[flatten(from, shape)]);
        return;
      }
      from[axis] -= shape[axis];
    }
  });
  return static_cast<int64_t>(result.size()) == type.getNumElements() ? std::optional(result) : std::nullopt;
}

std::optional<Scalars> Follower::elementwise(Operation *op, int depth) {
  SmallVector<Scalars> operands;
  for (Value operand : op->getOperands()) {
    std::optional<Scalars> elements = follow(operand, depth);
    if (!elements)
      return std::nullopt;
    operands.push_back(std::move(*elements));
  }
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  OpBuilder b(op->getContext());
  b.setInsertionPointAfter(op);
  SizeMath math(b, op->getLoc());
  Type operandElement = cast<RankedTensorType>(op->getOperands().back().getType()).getElementType();
  Scalars result;
  bool ok = true;
  forEachPlace(type.getShape(), [&](ArrayRef<int64_t> at) {
    Scalars args;
    for (auto [operand, elements] : llvm::zip_equal(op->getOperands(), operands))
      args.push_back(elements[flatten(at, cast<RankedTensorType>(operand.getType()).getShape())]);
    std::optional<Scalar> element =
        ok ? apply(op, args, operandElement, type.getElementType(), math) : std::nullopt;
    ok = ok && element;
    if (ok)
      result.push_back(*element);
  });
  return ok ? std::optional(result) : std::nullopt;
}

/// Real functions on numbers, rounded to the result's type.
std::optional<double> applyReal(w::ScalarFn fn, double x, double y) {
  switch (fn) {
  case w::ScalarFn::add:
    return x + y;
  case w::ScalarFn::sub:
    return x - y;
  case w::ScalarFn::mul:
    return x * y;
  case w::ScalarFn::div:
    return x / y;
  case w::ScalarFn::pow:
    return std::pow(x, y);
  case w::ScalarFn::max:
    return std::isnan(x) ? x : std::isnan(y) ? y : std::max(x, y);
  case w::ScalarFn::min:
    return std::isnan(x) ? x : std::isnan(y) ? y : std::min(x, y);
  case w::ScalarFn::floor:
    return std::floor(x);
  case w::ScalarFn::ceil:
    return std::ceil(x);
  case w::ScalarFn::sqrt:
    return std::sqrt(x);
  case w::ScalarFn::neg:
    return -x;
  case w::ScalarFn::abs:
    return std::fabs(x);
  default:
    return std::nullopt;
  }
}

template <typename T> bool holds(w::ComparePredicate pred, T x, T y) {
  switch (pred) {
  case w::ComparePredicate::eq:
    return x == y;
  case w::ComparePredicate::ne:
    return x != y;
  case w::ComparePredicate::lt:
    return x < y;
  case w::ComparePredicate::le:
    return x <= y;
  case w::ComparePredicate::gt:
    return x > y;
  case w::ComparePredicate::ge:
    return x >= y;
  }
  llvm_unreachable("internal: unknown comparison");
}

/// Whether a comparison of index values follows from their expressions.
std::optional<bool> holdsFor(w::ComparePredicate pred, const Scalar &x, const Scalar &y,
                             const SizeMath &math) {
  auto expr = [&](const Scalar &s) {
    return s.kind == Scalar::Kind::Index ? w::getIndexExpr(s.index) : w::DimExpr::constant(s.integer);
  };
  auto isSize = [](const Scalar &s) {
    return s.kind == Scalar::Kind::Index && s.index.getDefiningOp<w::DimOp>();
  };
  if (w::DimExpr::provablyEqual(expr(x), expr(y)))
    return holds(pred, 0, 0);
  // A size is never negative.
  if (isSize(x) && y.kind == Scalar::Kind::Int && y.integer < 0)
    return holds(pred, 0, -1);
  if (isSize(y) && x.kind == Scalar::Kind::Int && x.integer < 0)
    return holds(pred, -1, 0);
  return std::nullopt;
}

std::optional<Scalar> applyCast(const Scalar &x, Type operand, Type result) {
  using Kind = Scalar::Kind;
  if (x.kind == Kind::Index)
    return isWideInt(operand) && isWideInt(result) ? std::optional(x) : std::nullopt;
  if (isa<FloatType>(result))
    return Scalar::ofFloat(roundTo(x.kind == Kind::Float ? x.real : static_cast<double>(x.integer), result));
  if (!isa<IntegerType>(result))
    return std::nullopt;
  if (result.isInteger(1))
    return Scalar::ofInt(x.kind == Kind::Float ? x.real != 0 : x.integer != 0);
  if (x.kind == Kind::Int)
    return Scalar::ofInt(wrapTo(x.integer, result));
  // Only casts whose outcome no rule of rounding or saturation touches.
  if (!(std::fabs(x.real) < 2147483648.0) || !isWideInt(result))
    return std::nullopt;
  return Scalar::ofInt(static_cast<int64_t>(x.real));
}

std::optional<Scalar> applyCompare(w::ComparePredicate pred, const Scalar &x, const Scalar &y, Type operand,
                                   const SizeMath &math) {
  using Kind = Scalar::Kind;
  if (x.kind == Kind::Float && y.kind == Kind::Float)
    return Scalar::ofInt(holds(pred, x.real, y.real));
  if (x.kind == Kind::Int && y.kind == Kind::Int && !operand.isUnsignedInteger(64))
    return Scalar::ofInt(holds(pred, x.integer, y.integer));
  if (!isWideInt(operand))
    return std::nullopt;
  std::optional<bool> outcome = holdsFor(pred, x, y, math);
  return outcome ? std::optional(Scalar::ofInt(*outcome)) : std::nullopt;
}

std::optional<Scalar> applyLogic(w::ScalarFn fn, const Scalar &x, const Scalar &y) {
  if (!x.isConstant() || !y.isConstant())
    return std::nullopt;
  switch (fn) {
  case w::ScalarFn::and_:
    return Scalar::ofInt(x.integer & y.integer);
  case w::ScalarFn::or_:
    return Scalar::ofInt(x.integer | y.integer);
  case w::ScalarFn::xor_:
    return Scalar::ofInt(x.integer ^ y.integer);
  case w::ScalarFn::not_:
    return Scalar::ofInt(!x.integer);
  default:
    return std::nullopt;
  }
}

/// Arithmetic of integers that may be sizes. `isFmod` is for the remainder.
std::optional<Scalar> applySize(w::ScalarFn fn, Size x, Size y, bool isFmod, Type result,
                                const SizeMath &math) {
  auto give = [&](Size size) {
    std::optional<int64_t> number = known(size);
    return number ? Scalar::ofInt(wrapTo(*number, result)) : scalarOfSize(size);
  };
  switch (fn) {
  case w::ScalarFn::add:
    return give(math.add(x, y));
  case w::ScalarFn::sub:
    return give(math.sub(x, y));
  case w::ScalarFn::mul:
    return give(math.mul(x, y));
  case w::ScalarFn::div:
    // A divisor that is not known could be zero, which the tensor op defines and arith does not.
    return known(y) && *known(y) != 0 ? std::optional(give(math.div(x, y))) : std::nullopt;
  case w::ScalarFn::mod:
    return !isFmod && known(y) && *known(y) > 0 ? std::optional(give(math.mod(x, y))) : std::nullopt;
  case w::ScalarFn::max:
    return give(math.max(x, y));
  case w::ScalarFn::min:
    return give(math.min(x, y));
  case w::ScalarFn::neg:
    return give(math.sub(math.of(0), x));
  case w::ScalarFn::abs:
    return give(math.ifNegative(x, math.sub(math.of(0), x)));
  default:
    return std::nullopt;
  }
}

std::optional<Scalar> Follower::apply(Operation *op, ArrayRef<Scalar> args, Type operand, Type result,
                                      const SizeMath &math) {
  using Kind = Scalar::Kind;
  w::ScalarFn fn = cast<w::ElementwiseOpInterface>(op).getScalarFn();
  const Scalar &x = args.front(), &y = args.back();
  if (fn == w::ScalarFn::select) {
    if (!x.isConstant())
      return std::nullopt;
    return x.integer ? args[1] : args[2];
  }
  if (fn == w::ScalarFn::cast)
    return applyCast(x, operand, result);
  if (fn == w::ScalarFn::compare)
    return applyCompare(cast<w::CompareOp>(op).getPred(), x, args[1], operand, math);
  auto isReal = [](const Scalar &s) { return s.kind == Kind::Float; };
  if (isa<FloatType>(result)) {
    if (!llvm::all_of(args, isReal))
      return std::nullopt;
    std::optional<double> value = applyReal(fn, x.real, y.real);
    return value ? std::optional(Scalar::ofFloat(roundTo(*value, result))) : std::nullopt;
  }
  if (result.isInteger(1))
    return applyLogic(fn, x, y);
  if (!isWideInt(result) || llvm::any_of(args, isReal))
    return std::nullopt;
  auto mod = dyn_cast<w::ModOp>(op);
  return applySize(fn, sizeOfScalar(x, math), sizeOfScalar(y, math), mod && mod.getFmod(), result, math);
}

std::optional<Scalars> Follower::reduce(w::ReduceOp op, int depth) {
  std::optional<Scalars> elements = follow(op.getX(), depth);
  auto from = cast<RankedTensorType>(op.getX().getType()), to = cast<RankedTensorType>(op.getType());
  if (!elements || !isWideInt(to.getElementType()) || elements->empty())
    return std::nullopt;
  OpBuilder b(op.getContext());
  b.setInsertionPointAfter(op);
  SizeMath math(b, op.getLoc());
  SmallVector<std::optional<Size>> result(to.getNumElements());
  int64_t i = 0;
  bool ok = true;
  forEachPlace(from.getShape(), [&](ArrayRef<int64_t> at) {
    const Scalar &element = (*elements)[i++];
    ok = ok && element.kind != Scalar::Kind::Float;
    if (!ok)
      return;
    Size x = sizeOfScalar(element, math);
    std::optional<Size> &slot = result[flatten(at, to.getShape())];
    if (!slot) {
      slot = x;
      return;
    }
    switch (op.getKind()) {
    case w::ReduceKind::sum:
      slot = math.add(*slot, x);
      return;
    case w::ReduceKind::prod:
      slot = math.mul(*slot, x);
      return;
    case w::ReduceKind::max:
      slot = math.max(*slot, x);
      return;
    case w::ReduceKind::min:
      slot = math.min(*slot, x);
      return;
    case w::ReduceKind::mean:
      ok = false;
      return;
    }
  });
  if (!ok)
    return std::nullopt;
  Scalars scalars;
  for (const std::optional<Size> &size : result)
    scalars.push_back(scalarOfSize(*size));
  return scalars;
}

} // namespace

std::optional<SmallVector<Scalar>> smallElements(Value tensor) { return Follower().follow(tensor); }

std::optional<SmallVector<double>> constantNumbers(Value tensor) {
  std::optional<Scalars> elements = smallElements(tensor);
  if (!elements)
    return std::nullopt;
  SmallVector<double> numbers;
  for (const Scalar &element : *elements) {
    if (!element.isConstant())
      return std::nullopt;
    numbers.push_back(element.real);
  }
  return numbers;
}

std::optional<SmallVector<int64_t>> constantInts(Value tensor) {
  std::optional<Scalars> elements = smallElements(tensor);
  if (!elements)
    return std::nullopt;
  SmallVector<int64_t> numbers;
  for (const Scalar &element : *elements) {
    if (element.kind != Scalar::Kind::Int)
      return std::nullopt;
    numbers.push_back(element.integer);
  }
  return numbers;
}

} // namespace weft::importer
