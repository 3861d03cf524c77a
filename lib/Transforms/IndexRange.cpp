// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Interval analysis of index tensors, with sizes of dims as symbolic upper bounds.
#include "weft/Transforms/IndexRange.h"

#include "dialects/Weft/IR/TensorType.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cstring>

using namespace mlir;
using namespace mlir::weft;
using ::weft::IndexRange;
using ::weft::IndexRanges;

// Deeper than exporters nest index arithmetic; what is deeper is checked at run time.
static constexpr int64_t kMaxDepth = 32;
// Steps along single positions, which are not remembered; models need a few per op.
static constexpr int64_t kMaxSteps = 1 << 16;

/// Whether an expression of sizes, which are not negative, is not negative.
static bool isNotNegative(const DimExpr &expr) {
  return !expr.isUnknown() && llvm::all_of(expr.getTerms(), [](const auto &term) {
    return term.second >= 0 && llvm::none_of(term.first, [](const std::string &atom) {
             return DimExpr::parseCall(atom).has_value();
           });
  });
}

bool IndexRange::isWithin(const DimExpr &size, bool wraps) const {
  std::optional<int64_t> count = size.getConstant();
  bool isAbove = lo && (*lo >= 0 || (wraps && isNotNegative(size + DimExpr::constant(*lo))));
  if (!isAbove || size.isUnknown())
    return false;
  if (hi && (count ? *hi < *count : isNotNegative(size - DimExpr::constant(*hi) - DimExpr::constant(1))))
    return true;
  return llvm::any_of(below, [&](const DimExpr &bound) { return isNotNegative(size - bound); });
}

//===----------------------------------------------------------------------===//
// Arithmetic on ranges
//===----------------------------------------------------------------------===//

static IndexRange makeConstant(int64_t value) {
  return {value, value, {DimExpr::constant(value) + DimExpr::constant(1)}, /*isExact=*/true};
}

/// Positions along a dim of `size`.
static IndexRange makePositions(const DimExpr &size) {
  IndexRange range{0, std::nullopt, {}, false};
  if (std::optional<int64_t> count = size.getConstant())
    range.hi = *count - 1;
  if (!size.isUnknown())
    range.below.push_back(size);
  return range;
}

/// What the element type alone says.
static IndexRange makeTypeRange(Type type) {
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer)
    return {};
  unsigned width = integer.getWidth();
  bool isUnsigned = integer.isUnsigned() || width == 1;
  if (width >= 64)
    return isUnsigned ? IndexRange{0, std::nullopt, {}, false} : IndexRange();
  int64_t count = int64_t(1) << (isUnsigned ? width : width - 1);
  return {isUnsigned ? 0 : -count, count - 1, {}, false};
}

/// The values of either.
static IndexRange unite(const IndexRange &a, const IndexRange &b) {
  IndexRange range;
  if (a.lo && b.lo)
    range.lo = std::min(*a.lo, *b.lo);
  if (a.hi && b.hi)
    range.hi = std::max(*a.hi, *b.hi);
  // A size bounds both if each has a bound that is not greater.
  auto bounds = [](const IndexRange &other, const DimExpr &size) {
    return llvm::any_of(other.below, [&](const DimExpr &bound) { return isNotNegative(size - bound); });
  };
  for (const DimExpr &size : a.below)
    if (bounds(b, size))
      range.below.push_back(size);
  for (const DimExpr &size : b.below)
    if (bounds(a, size))
      range.below.push_back(size);
  range.isExact = a.isExact && b.isExact;
  return range;
}

static IndexRange addRanges(const IndexRange &a, const IndexRange &b) {
  IndexRange range;
  int64_t sum = 0;
  if (a.lo && b.lo && !llvm::AddOverflow(*a.lo, *b.lo, sum))
    range.lo = sum;
  if (a.hi && b.hi && !llvm::AddOverflow(*a.hi, *b.hi, sum))
    range.hi = sum;
  for (auto [x, y] : {std::pair(&a, &b), std::pair(&b, &a)})
    if (y->hi)
      for (const DimExpr &size : x->below)
        range.below.push_back(size + DimExpr::constant(*y->hi));
  return range;
}

static IndexRange negate(const IndexRange &a) {
  IndexRange range;
  if (a.hi && *a.hi != INT64_MIN)
    range.lo = -*a.hi;
  if (a.lo && *a.lo != INT64_MIN)
    range.hi = -*a.lo;
  return range;
}

static IndexRange multiply(const IndexRange &a, const IndexRange &b) {
  if (!a.lo || !a.hi || !b.lo || !b.hi) {
    // Of two that are not negative at least that is known.
    return a.lo && b.lo && *a.lo >= 0 && *b.lo >= 0 ? IndexRange{0, std::nullopt, {}, false} : IndexRange();
  }
  IndexRange range;
  for (int64_t x : {*a.lo, *a.hi})
    for (int64_t y : {*b.lo, *b.hi}) {
      int64_t product = 0;
      if (llvm::MulOverflow(x, y, product))
        return {};
      range.lo = std::min(range.lo.value_or(product), product);
      range.hi = std::max(range.hi.value_or(product), product);
    }
  return range;
}

static IndexRange minimum(const IndexRange &a, const IndexRange &b) {
  IndexRange range;
  if (a.lo && b.lo)
    range.lo = std::min(*a.lo, *b.lo);
  if (a.hi || b.hi)
    range.hi = std::min(a.hi.value_or(INT64_MAX), b.hi.value_or(INT64_MAX));
  range.below = a.below;
  llvm::append_range(range.below, b.below);
  return range;
}

static IndexRange maximum(const IndexRange &a, const IndexRange &b) {
  IndexRange range = unite(a, b);
  range.isExact = false;
  range.lo.reset();
  if (a.lo || b.lo)
    range.lo = std::max(a.lo.value_or(INT64_MIN), b.lo.value_or(INT64_MIN));
  return range;
}

/// The range as values of an element type: nothing is known of what wraps.
static IndexRange fitInto(IndexRange range, Type element) {
  IndexRange type = makeTypeRange(element);
  auto integer = dyn_cast<IntegerType>(element);
  if (!integer || integer.getWidth() >= 64)
    return range;
  bool fits = range.lo && *range.lo >= *type.lo &&
              ((range.hi && *range.hi <= *type.hi) || (!range.hi && !range.below.empty()));
  return fits ? range : type;
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

template <typename T> static IndexRange scanBytes(ArrayRef<char> bytes) {
  IndexRange range;
  for (size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof(T));
    range.lo = std::min(range.lo.value_or(value), static_cast<int64_t>(value));
    range.hi = std::max(range.hi.value_or(value), static_cast<int64_t>(value));
  }
  range.isExact = range.lo.has_value();
  return range;
}

/// The range of the elements with position `place` along `axis`; of all without an axis.
static IndexRange getConstantRange(ConstantOp op, std::optional<int64_t> axis = std::nullopt,
                                   int64_t place = 0) {
  auto type = cast<RankedTensorType>(op.getType());
  auto integer = dyn_cast<IntegerType>(type.getElementType());
  if (!integer)
    return {};
  bool isUnsigned = integer.isUnsigned() || integer.getWidth() == 1;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(op.getValue())) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob || isUnsigned || axis)
      return makeTypeRange(integer);
    return integer.getWidth() == 64   ? scanBytes<int64_t>(blob->getData())
           : integer.getWidth() == 32 ? scanBytes<int32_t>(blob->getData())
                                      : makeTypeRange(integer);
  }
  auto dense = dyn_cast<DenseIntElementsAttr>(op.getValue());
  if (!dense || (isUnsigned && integer.getWidth() == 64) || integer.getWidth() > 64)
    return makeTypeRange(integer);
  auto toInt = [&](const APInt &value) {
    return isUnsigned ? static_cast<int64_t>(value.getZExtValue()) : value.getSExtValue();
  };
  if (dense.isSplat())
    return makeConstant(toInt(dense.getSplatValue<APInt>()));
  int64_t behind = 1, size = 1;
  if (axis) {
    size = type.getDimSize(*axis);
    for (int64_t dim : type.getShape().drop_front(*axis + 1))
      behind *= dim;
  }
  IndexRange range;
  for (auto [number, element] : llvm::enumerate(dense.getValues<APInt>())) {
    if (axis && static_cast<int64_t>(number) / behind % size != place)
      continue;
    int64_t value = toInt(element);
    range.lo = std::min(range.lo.value_or(value), value);
    range.hi = std::max(range.hi.value_or(value), value);
  }
  range.isExact = range.lo.has_value();
  return range;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

IndexRange IndexRanges::computeIndex(Value value) {
  if (std::optional<int64_t> constant = getIndexExpr(value).getConstant())
    return makeConstant(*constant);
  IndexRange range;
  // The index of a loop's iteration counts from 0.
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (isa<LoopOp>(argument.getOwner()->getParentOp()) && argument.getArgNumber() == 0)
      range.lo = 0;
    return range;
  }
  Operation *op = value.getDefiningOp();
  auto both = [&](auto combine) { return combine(get(op->getOperand(0)), get(op->getOperand(1))); };
  range = llvm::TypeSwitch<Operation *, IndexRange>(op)
              .Case<DimOp, SeqLengthOp>([](auto) { return IndexRange{0, std::nullopt, {}, false}; })
              .Case([&](ExtractOp extract) { return get(extract.getX()); })
              .Case([&](arith::MinSIOp) { return both(minimum); })
              .Case([&](arith::MaxSIOp) { return both(maximum); })
              .Case([&](arith::AddIOp) { return both(addRanges); })
              .Case([&](arith::MulIOp) { return both(multiply); })
              .Case([&](arith::SelectOp select) {
                return unite(get(select.getTrueValue()), get(select.getFalseValue()));
              })
              .Default([](Operation *) { return IndexRange(); });
  if (DimExpr exact = getIndexExpr(value); !exact.isUnknown()) {
    range.below.push_back(exact + DimExpr::constant(1));
    if (!range.lo && isNotNegative(exact))
      range.lo = 0;
  }
  return range;
}

IndexRange IndexRanges::computeElementwise(Operation *op) {
  auto operand = [&](unsigned i) { return get(op->getOperand(i)); };
  return llvm::TypeSwitch<Operation *, IndexRange>(op)
      .Case([&](CastOp) {
        return isa<IntegerType>(typeOf(op->getOperand(0)).getElementType()) ? operand(0) : IndexRange();
      })
      .Case([&](SelectOp) {
        IndexRange range = unite(operand(1), operand(2));
        range.isExact = false;
        return range;
      })
      .Case([&](MinOp) { return minimum(operand(0), operand(1)); })
      .Case([&](MaxOp) { return maximum(operand(0), operand(1)); })
      .Case([&](AddOp) { return addRanges(operand(0), operand(1)); })
      .Case([&](SubOp) {
        IndexRange left = operand(0), right = operand(1);
        return addRanges(left, negate(right));
      })
      .Case([&](MulOp) { return multiply(operand(0), operand(1)); })
      .Case([&](NegOp) { return negate(operand(0)); })
      .Case([&](AbsOp) {
        IndexRange x = operand(0);
        return x.lo && *x.lo != INT64_MIN ? maximum(x, negate(x)) : IndexRange();
      })
      .Case([&](ModOp mod) {
        // Of the sign of the divisor; with fmod of the dividend's.
        IndexRange x = operand(0), by = operand(1);
        if (!by.lo || *by.lo <= 0 || !by.hi)
          return IndexRange();
        bool isPositive = !mod.getFmod() || (x.lo && *x.lo >= 0);
        return IndexRange{isPositive ? 0 : 1 - *by.hi, *by.hi - 1, {}, false};
      })
      .Case([&](DivOp) {
        IndexRange x = operand(0), by = operand(1);
        if (!x.lo || *x.lo < 0 || !by.lo || *by.lo < 1)
          return IndexRange();
        x.isExact = false;
        x.lo = 0;
        return x;
      })
      .Case([&](AndOp) {
        // What has no sign bit and no bits beyond the mask.
        IndexRange a = operand(0), b = operand(1), range;
        for (const IndexRange &mask : {a, b})
          if (mask.lo && *mask.lo >= 0 && mask.hi) {
            range.lo = 0;
            range.hi = std::min(range.hi.value_or(INT64_MAX), *mask.hi);
          }
        return range;
      })
      .Default([](Operation *) { return IndexRange(); });
}

IndexRange IndexRanges::compute(Operation *op, Value value) {
  auto moved = [&](unsigned i = 0) { return get(op->getOperand(i)); };
  auto part = [&](unsigned i = 0) {
    IndexRange range = get(op->getOperand(i));
    range.isExact = false;
    return range;
  };
  return llvm::TypeSwitch<Operation *, IndexRange>(op)
      .Case([&](ConstantOp constant) { return getConstantRange(constant); })
      .Case([&](IotaOp iota) { return makePositions(mlir::weft::getDim(typeOf(value), iota.getAxis())); })
      .Case<BroadcastOp, ReshapeOp, TransposeOp, ReverseOp>([&](auto) { return moved(); })
      .Case<SliceOp, GatherOp, GatherElementsOp, GatherNdOp>([&](auto) { return part(); })
      .Case([&](ConcatOp concat) {
        IndexRange range = get(concat.getXs().front());
        for (Value x : concat.getXs().drop_front())
          range = unite(range, get(x));
        return range;
      })
      .Case([&](PadOp pad) {
        IndexRange x = part();
        if (pad.getMode() != PadMode::constant)
          return x;
        IndexRange range = unite(x, pad.getValue() ? get(pad.getValue()) : makeConstant(0));
        range.isExact = false;
        return range;
      })
      .Case([&](FromElementsOp make) {
        IndexRange range;
        for (auto [i, element] : llvm::enumerate(make.getElements()))
          range = i == 0 ? get(element) : unite(range, get(element));
        return range;
      })
      .Case([&](ArgReduceOp reduce) {
        return makePositions(mlir::weft::getDim(typeOf(reduce.getX()), reduce.getAxis()));
      })
      .Case([&](TopKOp topK) {
        return value == topK.getIndices()
                   ? makePositions(mlir::weft::getDim(typeOf(topK.getX()), topK.getAxis()))
                   : part();
      })
      .Case([&](SortOp sort) {
        return value == sort.getIndices()
                   ? makePositions(mlir::weft::getDim(typeOf(sort.getX()), sort.getAxis()))
                   : part();
      })
      .Case([&](NonzeroOp nonzero) {
        IndexRange range{0, 0, {DimExpr::constant(1)}, false};
        for (auto [axis, dim] : llvm::enumerate(mlir::weft::getDims(typeOf(nonzero.getX()))))
          range = axis == 0 ? makePositions(dim) : unite(range, makePositions(dim));
        return range;
      })
      .Case([&](UniqueOp unique) {
        if (value == unique.getY())
          return part();
        return value == unique.getInverse()
                   ? makePositions(mlir::weft::getDim(typeOf(unique.getY()), unique.getAxis().value_or(0)))
                   : IndexRange{0, std::nullopt, {}, false};
      })
      .Case([&](NmsOp nms) {
        RankedTensorType scores = typeOf(nms.getScores());
        IndexRange range = makePositions(mlir::weft::getDim(scores, 0));
        for (int64_t axis : {1, 2})
          range = unite(range, makePositions(mlir::weft::getDim(scores, axis)));
        return range;
      })
      .Case<ElementwiseOpInterface>([&](auto) { return computeElementwise(op); })
      .Default([](Operation *) { return IndexRange(); });
}

IndexRange IndexRanges::get(Value value) {
  auto tensor = dyn_cast<RankedTensorType>(value.getType());
  if (auto place = known.find(value); place != known.end())
    return place->second;
  if (depth >= kMaxDepth)
    return tensor ? makeTypeRange(tensor.getElementType()) : IndexRange();
  ++depth;
  IndexRange range;
  if (value.getType().isIndex())
    range = computeIndex(value);
  else if (tensor && isa<IntegerType>(tensor.getElementType()))
    range = value.getDefiningOp() ? fitInto(compute(value.getDefiningOp(), value), tensor.getElementType())
                                  : makeTypeRange(tensor.getElementType());
  --depth;
  known[value] = range;
  return range;
}

IndexRange IndexRanges::getAt(Value tensor, int64_t axis, int64_t place) {
  Operation *op = tensor.getDefiningOp();
  if (!op || depth >= kMaxDepth || ++steps > kMaxSteps)
    return get(tensor);
  ++depth;
  auto inside = [&](Value x, int64_t dim, int64_t at) {
    IndexRange range = getAt(x, dim, at);
    range.isExact = false;
    return range;
  };
  IndexRange range =
      llvm::TypeSwitch<Operation *, IndexRange>(op)
          .Case([&](ConstantOp constant) { return getConstantRange(constant, axis, place); })
          .Case([&](FromElementsOp make) { return get(make.getElements()[place]); })
          .Case([&](IotaOp iota) {
            return static_cast<int64_t>(iota.getAxis()) == axis ? makeConstant(place) : get(tensor);
          })
          .Case([&](TransposeOp transpose) {
            return inside(transpose.getX(), transpose.getPerm()[axis], place);
          })
          .Case([&](BroadcastOp broadcast) {
            return inside(broadcast.getX(), axis, typeOf(broadcast.getX()).getDimSize(axis) == 1 ? 0 : place);
          })
          .Case([&](CastOp cast) {
            return isa<IntegerType>(typeOf(cast.getX()).getElementType())
                       ? fitInto(inside(cast.getX(), axis, place), typeOf(tensor).getElementType())
                       : get(tensor);
          })
          .Case([&](ConcatOp concat) {
            if (static_cast<int64_t>(concat.getAxis()) != axis) {
              IndexRange all = inside(concat.getXs().front(), axis, place);
              for (Value x : concat.getXs().drop_front())
                all = unite(all, inside(x, axis, place));
              return all;
            }
            int64_t at = place;
            for (Value x : concat.getXs()) {
              int64_t size = typeOf(x).getDimSize(axis);
              if (ShapedType::isDynamic(size))
                return get(tensor);
              if (at < size)
                return inside(x, axis, at);
              at -= size;
            }
            return get(tensor);
          })
          .Case([&](SliceOp slice) {
            int64_t offset = slice.getStaticOffsets()[axis];
            return ShapedType::isDynamic(offset)
                       ? get(tensor)
                       : inside(slice.getX(), axis, offset + place * slice.getStrides()[axis]);
          })
          .Case([&](ReshapeOp reshape) {
            // Of a last dim that stays, the places stay.
            RankedTensorType from = typeOf(reshape.getX()), to = typeOf(tensor);
            bool keepsLast = axis == to.getRank() - 1 && from.getRank() > 0 && !to.isDynamicDim(axis) &&
                             from.getShape().back() == to.getDimSize(axis);
            return keepsLast ? inside(reshape.getX(), from.getRank() - 1, place) : get(tensor);
          })
          .Case([&](NonzeroOp nonzero) {
            RankedTensorType x = typeOf(nonzero.getX());
            return axis == 0 && place < x.getRank() ? makePositions(mlir::weft::getDim(x, place))
                                                    : get(tensor);
          })
          .Case([&](NmsOp nms) {
            return axis == 1 ? makePositions(mlir::weft::getDim(typeOf(nms.getScores()), place))
                             : get(tensor);
          })
          .Default([&](Operation *) { return get(tensor); });
  --depth;
  return range;
}
