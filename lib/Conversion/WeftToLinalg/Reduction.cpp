// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers reductions, softmax, normalisation and prefix operations.
#include "Loops.h"
#include "Patterns.h"
#include "Scalar.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

using Pred = arith::CmpIPredicate;

Reducer::Reducer(OpBuilder &b, Location loc, const LoweringContext &sizes, RankedTensorType type,
                 ArrayRef<int64_t> axes)
    : b(b), loc(loc), axes(axes), full(sizes.getSizes(b, type)) {
  llvm::sort(this->axes);
  SmallVector<AffineExpr> exprs;
  count = b.getIndexAttr(1);
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    bool isReduced = llvm::is_contained(axes, axis);
    iterators.push_back(isReduced ? IteratorType::reduction : IteratorType::parallel);
    if (isReduced) {
      count = mulSizes(b, loc, count, full[axis]);
      continue;
    }
    exprs.push_back(b.getAffineDimExpr(axis));
    kept.push_back(full[axis]);
  }
  identity = b.getMultiDimIdentityMap(type.getRank());
  dropped = AffineMap::get(type.getRank(), 0, exprs, b.getContext());
}

Value Reducer::reduce(ValueRange rows, ValueRange tensors, Value initial, BodyFn combine) {
  SmallVector<Value> inputs(rows);
  llvm::append_range(inputs, tensors);
  SmallVector<AffineMap> maps(rows.size(), dropped);
  maps.append(tensors.size(), identity);
  maps.push_back(dropped);
  return createGeneric(b, loc, inputs, createFilled(b, loc, kept, initial), maps, iterators, combine);
}

Value Reducer::map(ValueRange rows, ValueRange tensors, Type element, BodyFn body) {
  SmallVector<Value> inputs(rows);
  llvm::append_range(inputs, tensors);
  SmallVector<AffineMap> maps(rows.size(), dropped);
  maps.append(tensors.size() + 1, identity);
  SmallVector<IteratorType> parallel(iterators.size(), IteratorType::parallel);
  return createGeneric(b, loc, inputs, createEmpty(b, loc, full, element), maps, parallel, body);
}

Value Reducer::mapRows(ValueRange rows, Type element, BodyFn body) {
  return createElementwise(b, loc, rows, element, kept, body);
}

Value Reducer::widen(Value row, RankedTensorType weftResult) {
  return castToType(b, loc, insertUnitDims(b, loc, row, axes), getStorageType(weftResult));
}

Value Reducer::getCount(Type type) {
  if (std::optional<int64_t> constant = getConstantIntValue(count))
    return createScalar(b, loc, type, static_cast<double>(*constant));
  Value wide = arith::IndexCastOp::create(b, loc, b.getI64Type(), toValue(b, loc, count));
  if (isa<FloatType>(type))
    return arith::SIToFPOp::create(b, loc, type, wide);
  return emitExtend(b, loc, wide, b.getI64Type(), type);
}

namespace {

class LowerReduce : public LoweringPattern<w::ReduceOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::ReduceOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getX().getType());
    auto resultType = cast<RankedTensorType>(op.getType());
    Type result = resultType.getElementType();
    std::optional<NumericElement> numeric = getNumericElement(type.getElementType());
    if (!numeric)
      return sizes.refuse(rewriter, op, "reduces elements that are neither integers nor floats");
    bool isFloat = numeric->isFloat, isUnsigned = numeric->isUnsigned;
    w::ReduceKind kind = op.getKind();
    bool isMax = kind == w::ReduceKind::max, isExtreme = isMax || kind == w::ReduceKind::min;
    Type accumulator = numeric->compute;

    Reducer reducer(rewriter, loc, sizes, type, op.getAxes());
    Value initial = isExtreme
                        ? createExtreme(rewriter, loc, accumulator, isUnsigned, isMax)
                        : createScalar(rewriter, loc, accumulator, kind == w::ReduceKind::prod ? 1.0 : 0.0);
    Value row =
        reducer.reduce({}, adaptor.getX(), initial, [&](OpBuilder &b, Location nested, ValueRange args) {
          ScalarBuilder s{b, nested};
          Value x = numeric->load(b, nested, args[0]);
          if (isExtreme)
            return emitExtremum(s, args[1], x, isUnsigned, isMax);
          return kind == w::ReduceKind::prod ? s.mul(args[1], x) : s.add(args[1], x);
        });
    bool isMean = kind == w::ReduceKind::mean;
    if (isMean || accumulator != getStorageElementType(result)) {
      Value count = isMean ? reducer.getCount(accumulator) : Value();
      row = reducer.mapRows(row, getStorageElementType(result),
                            [&](OpBuilder &b, Location nested, ValueRange args) {
                              ScalarBuilder s{b, nested};
                              Value x = args[0];
                              if (isMean)
                                x = isFloat ? Value(arith::DivFOp::create(b, nested, x, count))
                                            : emitIntDiv(s, x, count, isUnsigned);
                              return isFloat ? emitFromFloat(b, nested, x, result) : x;
                            });
    }
    rewriter.replaceOp(op, reducer.widen(row, resultType));
    return success();
  }
};

class LowerArgReduce : public LoweringPattern<w::ArgReduceOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::ArgReduceOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getX().getType());
    std::optional<NumericElement> numeric = getNumericElement(type.getElementType());
    if (!numeric)
      return sizes.refuse(rewriter, op, "compares elements that have no order");
    bool isUnsigned = numeric->isUnsigned, isMax = op.getKind() == w::ArgKind::max;
    int64_t axis = op.getAxis();

    Reducer reducer(rewriter, loc, sizes, type, axis);
    if (axis + 1 == type.getRank() && (type.isDynamicDim(axis) || type.getDimSize(axis) > 1)) {
      Value place = findInRow(rewriter, loc, op, adaptor.getX(), reducer, *numeric);
      rewriter.replaceOp(op, reducer.widen(place, cast<RankedTensorType>(op.getType())));
      return success();
    }
    Value best = createFilled(rewriter, loc, reducer.kept,
                              createExtreme(rewriter, loc, numeric->compute, isUnsigned, isMax));
    Value place =
        createFilled(rewriter, loc, reducer.kept, createScalar(rewriter, loc, rewriter.getI64Type(), 0.0));
    auto generic = linalg::GenericOp::create(
        rewriter, loc, TypeRange{best.getType(), place.getType()}, adaptor.getX(), ValueRange{best, place},
        ArrayRef<AffineMap>{reducer.identity, reducer.dropped, reducer.dropped}, reducer.iterators,
        [&](OpBuilder &b, Location nested, ValueRange args) {
          ScalarBuilder s{b, nested};
          Value x = numeric->load(b, nested, args[0]);
          Value index = linalg::IndexOp::create(b, nested, axis);
          Value wide = arith::IndexCastOp::create(b, nested, b.getI64Type(), index);
          Value takes = emitIsBest(s, x, args[1], isUnsigned, isMax, op.getLast());
          linalg::YieldOp::create(b, nested,
                                  ValueRange{s.select(takes, x, args[1]), s.select(takes, wide, args[2])});
        });
    rewriter.replaceOp(op, reducer.widen(generic.getResult(1), cast<RankedTensorType>(op.getType())));
    return success();
  }

private:
  /// Along contiguous memory: the extremum of each row first, then where it is. Two passes whose sums LLVM
  /// widens are much faster than one that carries both.
  static Value findInRow(OpBuilder &b, Location loc, w::ArgReduceOp op, Value x, Reducer &reducer,
                         const NumericElement &numeric) {
    bool isMax = op.getKind() == w::ArgKind::max, isLast = op.getLast();
    Value worst = createExtreme(b, loc, numeric.compute, numeric.isUnsigned, isMax);
    Value best = reducer.reduce({}, x, worst, [&](OpBuilder &body, Location nested, ValueRange args) {
      return emitExtremum({body, nested}, args[1], numeric.load(body, nested, args[0]), numeric.isUnsigned,
                          isMax);
    });
    Type i64 = b.getI64Type();
    Value none =
        createIntScalar(b, loc, i64, isLast ? llvm::APInt(64, 0) : llvm::APInt::getSignedMaxValue(64));
    return reducer.reduce(best, x, none, [&](OpBuilder &body, Location nested, ValueRange args) -> Value {
      ScalarBuilder s{body, nested};
      Value value = numeric.load(body, nested, args[1]), isBest;
      if (numeric.isFloat) // NaN is the extremum of a row that has one.
        isBest = s.bitOr(s.cmp(arith::CmpFPredicate::OEQ, value, args[0]),
                         s.cmp(arith::CmpFPredicate::UNO, value, value));
      else
        isBest = s.cmp(Pred::eq, value, args[0]);
      Value index = linalg::IndexOp::create(body, nested, op.getAxis());
      Value wide = arith::IndexCastOp::create(body, nested, i64, index);
      Value candidate = s.select(isBest, wide, none);
      if (isLast)
        return arith::MaxSIOp::create(body, nested, args[2], candidate);
      return arith::MinSIOp::create(body, nested, args[2], candidate);
    });
  }

  /// Whether x replaces the best so far: NaN beats numbers, ties go to the first or to the last.
  static Value emitIsBest(ScalarBuilder s, Value x, Value best, bool isUnsigned, bool isMax, bool takesLast) {
    if (isa<FloatType>(x.getType())) {
      using F = arith::CmpFPredicate;
      F pred = isMax ? (takesLast ? F::OGE : F::OGT) : (takesLast ? F::OLE : F::OLT);
      Value isNaN = s.cmp(F::UNO, x, x);
      Value nanTakes = takesLast ? isNaN : s.bitAnd(isNaN, s.cmp(F::ORD, best, best));
      return s.bitOr(s.cmp(pred, x, best), nanTakes);
    }
    Pred pred = isMax ? (takesLast ? Pred::sge : Pred::sgt) : (takesLast ? Pred::sle : Pred::slt);
    if (isUnsigned)
      pred = isMax ? (takesLast ? Pred::uge : Pred::ugt) : (takesLast ? Pred::ule : Pred::ult);
    return s.cmp(pred, x, best);
  }
};

class LowerSoftmax : public LoweringPattern<w::SoftmaxOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::SoftmaxOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getX().getType());
    Type element = type.getElementType();
    if (!isa<FloatType>(element))
      return sizes.refuse(rewriter, op, "expects float elements");
    Type compute = getComputeFloatType(element);
    Reducer reducer(rewriter, loc, sizes, type, op.getAxis());
    auto toFloat = [&](OpBuilder &b, Location nested, Value x) {
      return emitToFloat(b, nested, x, element, compute);
    };

    Value lowest = createExtreme(rewriter, loc, compute, /*isUnsigned=*/false, /*isMax=*/true);
    Value max =
        reducer.reduce({}, adaptor.getX(), lowest, [&](OpBuilder &b, Location nested, ValueRange args) {
          return emitExtremum({b, nested}, args[1], toFloat(b, nested, args[0]), /*isUnsigned=*/false,
                              /*isMax=*/true);
        });
    auto addBody = [](OpBuilder &b, Location nested, ValueRange args) -> Value {
      return arith::AddFOp::create(b, nested, args.back(), args[args.size() - 2]);
    };
    // Of what is at most 0, next to a sum of at least 1: no infinity, and below the normal range is 0.
    constexpr auto expOfShifted = arith::FastMathFlags::ninf | arith::FastMathFlags::afn;
    Value zero = createScalar(rewriter, loc, compute, 0.0);
    Value result;
    if (op.getLog()) {
      Value shifted =
          reducer.map(max, adaptor.getX(), compute, [&](OpBuilder &b, Location nested, ValueRange args) {
            return ScalarBuilder{b, nested}.sub(toFloat(b, nested, args[1]), args[0]);
          });
      Value sum =
          reducer.reduce({}, shifted, zero, [&](OpBuilder &b, Location nested, ValueRange args) -> Value {
            return arith::AddFOp::create(b, nested, args[1],
                                         math::ExpOp::create(b, nested, args[0], expOfShifted));
          });
      Value logSum =
          reducer.mapRows(sum, compute, [](OpBuilder &b, Location nested, ValueRange args) -> Value {
            return math::LogOp::create(b, nested, args[0]);
          });
      result = reducer.map(logSum, shifted, getStorageElementType(element),
                           [&](OpBuilder &b, Location nested, ValueRange args) {
                             return emitFromFloat(b, nested, ScalarBuilder{b, nested}.sub(args[1], args[0]),
                                                  element);
                           });
    } else {
      Value exp = reducer.map(
          max, adaptor.getX(), compute, [&](OpBuilder &b, Location nested, ValueRange args) -> Value {
            Value shifted = ScalarBuilder{b, nested}.sub(toFloat(b, nested, args[1]), args[0]);
            return math::ExpOp::create(b, nested, shifted, expOfShifted);
          });
      Value sum = reducer.reduce({}, exp, zero, addBody);
      Value inverse =
          reducer.mapRows(sum, compute, [&](OpBuilder &b, Location nested, ValueRange args) -> Value {
            return arith::DivFOp::create(b, nested, createScalar(b, nested, compute, 1.0), args[0]);
          });
      result = reducer.map(
          inverse, exp, getStorageElementType(element), [&](OpBuilder &b, Location nested, ValueRange args) {
            return emitFromFloat(b, nested, ScalarBuilder{b, nested}.mul(args[1], args[0]), element);
          });
    }
    rewriter.replaceOp(op, castToType(rewriter, loc, result, storageTypeOf(op.getResult())));
    return success();
  }
};

class LowerNormalize : public LoweringPattern<w::NormalizeOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::NormalizeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getX().getType());
    Type element = type.getElementType();
    if (!isa<FloatType>(element))
      return sizes.refuse(rewriter, op, "expects float elements");
    Type compute = getComputeFloatType(element);
    Reducer reducer(rewriter, loc, sizes, type, op.getAxes());
    Value x = adaptor.getX(), zero = createScalar(rewriter, loc, compute, 0.0),
          count = reducer.getCount(compute);
    auto divide = [&](OpBuilder &b, Location nested, ValueRange args) -> Value {
      return arith::DivFOp::create(b, nested, args[0], count);
    };

    Value mean;
    if (op.getCenter()) {
      Value sum = reducer.reduce({}, x, zero, [&](OpBuilder &b, Location nested, ValueRange args) {
        return ScalarBuilder{b, nested}.add(args[1], emitToFloat(b, nested, args[0], element, compute));
      });
      mean = reducer.mapRows(sum, compute, divide);
    } else {
      mean = createFilled(rewriter, loc, reducer.kept, zero);
    }
    // Deviation of one element from the mean; without centering the element itself.
    auto deviate = [&](OpBuilder &b, Location nested, Value element_, Value mean_) {
      Value wide = emitToFloat(b, nested, element_, element, compute);
      return op.getCenter() ? ScalarBuilder{b, nested}.sub(wide, mean_) : wide;
    };
    Value squares = reducer.reduce(mean, x, zero, [&](OpBuilder &b, Location nested, ValueRange args) {
      Value d = deviate(b, nested, args[1], args[0]);
      ScalarBuilder s{b, nested};
      return s.add(args[2], s.mul(d, d));
    });
    Value inverse =
        reducer.mapRows(squares, compute, [&](OpBuilder &b, Location nested, ValueRange args) -> Value {
          Value variance = divide(b, nested, args[0]);
          Value shifted = ScalarBuilder{b, nested}.add(
              variance, createScalar(b, nested, compute, op.getEpsilon().convertToDouble()));
          return arith::DivFOp::create(b, nested, createScalar(b, nested, compute, 1.0),
                                       math::SqrtOp::create(b, nested, shifted));
        });
    Value result =
        reducer.map({mean, inverse}, x, getStorageElementType(element),
                    [&](OpBuilder &b, Location nested, ValueRange args) {
                      Value d = deviate(b, nested, args[2], args[0]);
                      return emitFromFloat(b, nested, ScalarBuilder{b, nested}.mul(d, args[1]), element);
                    });
    auto finishRow = [&](Value row, Value weftResult) {
      auto resultType = cast<RankedTensorType>(weftResult.getType());
      Type target = resultType.getElementType();
      if (target != compute)
        row = reducer.mapRows(row, getStorageElementType(target),
                              [&](OpBuilder &b, Location nested, ValueRange args) {
                                return emitFromFloat(b, nested, args[0], target);
                              });
      return reducer.widen(row, resultType);
    };
    rewriter.replaceOp(op, {castToType(rewriter, loc, result, storageTypeOf(op.getResult())),
                            finishRow(mean, op.getMean()), finishRow(inverse, op.getInvStd())});
    return success();
  }
};

/// One slice after the other along the axis, each with a running accumulator of a slice's shape.
class LowerCumulate : public LoweringPattern<w::CumulateOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::CumulateOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getX().getType());
    std::optional<NumericElement> numeric = getNumericElement(type.getElementType());
    if (!numeric)
      return sizes.refuse(rewriter, op, "expects integer or float elements");
    bool isSum = op.getKind() == w::CumulateKind::sum;
    Type compute = numeric->compute, storage = numeric->storage;
    int64_t axis = op.getAxis(), rank = type.getRank();

    SmallVector<OpFoldResult> full = sizes.getSizes(rewriter, type), slice = full;
    if (axis + 1 == rank) {
      Value rows = accumulateRows(rewriter, loc, op, adaptor.getX(), full, *numeric);
      rewriter.replaceOp(op, castToType(rewriter, loc, rows, storageTypeOf(op.getResult())));
      return success();
    }
    slice[axis] = rewriter.getIndexAttr(1);
    SmallVector<OpFoldResult> strides(rank, rewriter.getIndexAttr(1));
    Value result = createEmpty(rewriter, loc, full, storage);
    Value running =
        createFilled(rewriter, loc, slice, createScalar(rewriter, loc, compute, isSum ? 0.0 : 1.0));
    Value lower = createIndex(rewriter, loc, 0), step = createIndex(rewriter, loc, 1);
    Value upper = toValue(rewriter, loc, full[axis]);
    auto loop = scf::ForOp::create(
        rewriter, loc, lower, upper, step, ValueRange{result, running},
        [&](OpBuilder &b, Location nested, Value iv, ValueRange args) {
          Value place = iv;
          if (op.getReverse())
            place = arith::SubIOp::create(b, nested, arith::SubIOp::create(b, nested, upper, step), iv);
          SmallVector<OpFoldResult> offsets(rank, b.getIndexAttr(0));
          offsets[axis] = place;
          Value x = tensor::ExtractSliceOp::create(b, nested, adaptor.getX(), offsets, slice, strides);
          // An exclusive prefix is stored before the element joins it; the accumulator is then updated in
          // place.
          Value updated = args[0];
          auto store = [&](Value accumulator) {
            Value stored = accumulator;
            if (compute != storage)
              stored = createElementwise(b, nested, stored, storage, slice,
                                         [&](OpBuilder &body, Location bodyLoc, ValueRange scalars) {
                                           return emitFromFloat(body, bodyLoc, scalars[0], numeric->type);
                                         });
            updated = tensor::InsertSliceOp::create(b, nested, stored, updated, offsets, slice, strides);
          };
          if (op.getExclusive())
            store(args[1]);
          SmallVector<AffineMap> maps(2, b.getMultiDimIdentityMap(rank));
          SmallVector<IteratorType> iterators(rank, IteratorType::parallel);
          Value next = createGeneric(b, nested, x, args[1], maps, iterators,
                                     [&](OpBuilder &body, Location bodyLoc, ValueRange scalars) {
                                       ScalarBuilder s{body, bodyLoc};
                                       Value wide = numeric->load(body, bodyLoc, scalars[0]);
                                       return isSum ? s.add(scalars[1], wide) : s.mul(scalars[1], wide);
                                     });
          if (!op.getExclusive())
            store(next);
          scf::YieldOp::create(b, nested, ValueRange{updated, next});
        });
    rewriter.replaceOp(op, castToType(rewriter, loc, loop.getResult(0), storageTypeOf(op.getResult())));
    return success();
  }

private:
  /// Along contiguous memory: row by row, with the accumulator in a register.
  static Value accumulateRows(OpBuilder &b, Location loc, w::CumulateOp op, Value x,
                              ArrayRef<OpFoldResult> shape, const NumericElement &numeric) {
    bool isSum = op.getKind() == w::CumulateKind::sum;
    Value zero = createIndex(b, loc, 0), one = createIndex(b, loc, 1), size = toValue(b, loc, shape.back());
    Value start = createScalar(b, loc, numeric.compute, isSum ? 0.0 : 1.0);
    return createSequentialLoops(
        b, loc, shape.drop_back(), createEmpty(b, loc, shape, numeric.storage),
        [&](OpBuilder &body, Location at, ValueRange row, ValueRange state) -> SmallVector<Value> {
          auto loop =
              scf::ForOp::create(body, at, zero, size, one, ValueRange{state[0], start},
                                 [&](OpBuilder &inner, Location nested, Value iv, ValueRange carried) {
                                   ScalarBuilder s{inner, nested};
                                   SmallVector<Value> place(row);
                                   place.push_back(op.getReverse() ? s.sub(s.sub(size, one), iv) : iv);
                                   Value raw = tensor::ExtractOp::create(inner, nested, x, place);
                                   Value wide = numeric.load(inner, nested, raw);
                                   Value next = isSum ? s.add(carried[1], wide) : s.mul(carried[1], wide);
                                   // An exclusive prefix is what was there before the element joins it.
                                   Value stored = op.getExclusive() ? carried[1] : next;
                                   if (numeric.compute != numeric.storage)
                                     stored = emitFromFloat(inner, nested, stored, numeric.type);
                                   Value updated =
                                       tensor::InsertOp::create(inner, nested, stored, carried[0], place);
                                   scf::YieldOp::create(inner, nested, ValueRange{updated, next});
                                 });
          return {loop.getResult(0)};
        })[0];
  }
};

} // namespace

void populateReductionLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                const LoweringContext &sizes) {
  patterns.add<LowerArgReduce, LowerCumulate, LowerNormalize, LowerReduce, LowerSoftmax>(
      converter, patterns.getContext(), sizes);
}

} // namespace weft::conversion
