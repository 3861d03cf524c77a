// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers unique, nonzero and non-maximum suppression to sequential loops.
//
// Results whose size depends on data have the size that the kernel's result type says: outlining has counted
// them before, or asks for as many as there can be.
#include "Loops.h"
#include "Patterns.h"
#include "Scalar.h"
#include "Sorting.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

using Pred = arith::CmpIPredicate;

namespace {

class LowerNonzero : public LoweringPattern<w::NonzeroOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::NonzeroOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getX()), resultType = typeOf(op.getResult());
    Type element = type.getElementType();
    if (!isOrdered(element))
      return sizes.refuse(rewriter, op, "expects integer, boolean or float elements");
    SmallVector<OpFoldResult> resultSizes = sizes.getSizes(rewriter, resultType);
    Value limit = toValue(rewriter, loc, resultSizes[1]);
    Value result = createEmpty(rewriter, loc, resultSizes, rewriter.getI64Type());
    result = createSequentialLoops(
        rewriter, loc, sizes.getSizes(rewriter, type), {result, createIndex(rewriter, loc, 0)},
        [&](OpBuilder &b, Location at, ValueRange place, ValueRange state) -> SmallVector<Value> {
          ScalarBuilder s{b, at};
          Value x = KeyReader{adaptor.getX(), element}.read(b, at, place);
          Value isSet = isa<FloatType>(x.getType())
                            ? s.cmp(arith::CmpFPredicate::UNE, x, s.real(x.getType(), 0.0))
                            : s.cmp(Pred::ne, x, s.integer(x.getType(), 0));
          isSet = s.bitAnd(isSet, s.cmp(Pred::slt, state[1], limit));
          return createIf(
              b, at, isSet,
              [&](OpBuilder &then, Location thenLoc) {
                Value next = state[0];
                for (auto [axis, index] : llvm::enumerate(place)) {
                  Value wide = arith::IndexCastOp::create(then, thenLoc, then.getI64Type(), index);
                  Value target[] = {createIndex(then, thenLoc, axis), state[1]};
                  next = tensor::InsertOp::create(then, thenLoc, wide, next, target);
                }
                Value one = createIndex(then, thenLoc, 1);
                return SmallVector<Value>{next, arith::AddIOp::create(then, thenLoc, state[1], one)};
              },
              [&](OpBuilder &, Location) { return SmallVector<Value>(state); });
        })[0];
    rewriter.replaceOp(op, castToType(rewriter, loc, result, getStorageType(resultType)));
    return success();
  }
};

/// Sorts slices along the axis, then numbers the distinct ones. Entries behind the last distinct slice have
/// the count 0.
class LowerUnique : public LoweringPattern<w::UniqueOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::UniqueOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getX());
    if (!isOrdered(type.getElementType()))
      return sizes.refuse(rewriter, op, "sorts elements that have no order");
    Value x = adaptor.getX();
    SmallVector<OpFoldResult> shape = sizes.getSizes(rewriter, type);
    int64_t axis = op.getAxis().value_or(0);
    if (!op.getAxis() && type.getRank() != 1) {
      // All elements in one row.
      OpFoldResult count = rewriter.getIndexAttr(1);
      for (OpFoldResult size : shape)
        count = mulSizes(rewriter, loc, count, size);
      w::DimExpr product = w::DimExpr::constant(1);
      for (const w::DimExpr &dim : w::getDims(type))
        product = product * dim;
      x = flatten(rewriter, loc, x, count);
      shape = {count};
    }
    Slices slices{{x, type.getElementType()}, shape, axis};
    Type i64 = rewriter.getI64Type();
    OpFoldResult distinct = sizes.getSize(rewriter, typeOf(op.getFirst()), 0);
    Value limit = toValue(rewriter, loc, distinct), size = toValue(rewriter, loc, shape[axis]);
    SortedOrder sorted = createSort(
        rewriter, loc, size, createSortBuffer(rewriter, loc, shape[axis]),
        [&](OpBuilder &b, Location at, Value i, Value j) { return slices.compare(b, at, i, j).first; });
    Value zero = createScalar(rewriter, loc, i64, 0.0), none = createIndex(rewriter, loc, -1);
    // Numbers in sorted order: first occurrence, inverse and count of each distinct slice.
    SmallVector<Value> state{createFilled(rewriter, loc, distinct, zero),
                             createFilled(rewriter, loc, shape[axis], zero),
                             createFilled(rewriter, loc, distinct, zero), none};
    state = createSequentialLoops(
        rewriter, loc, shape[axis], state,
        [&](OpBuilder &b, Location at, ValueRange rank, ValueRange carried) -> SmallVector<Value> {
          ScalarBuilder s{b, at};
          Value one = createIndex(b, at, 1), zeroIndex = createIndex(b, at, 0);
          Value position = sorted.read(b, at, rank[0]);
          Value before = arith::MaxSIOp::create(b, at, arith::SubIOp::create(b, at, rank[0], one), zeroIndex);
          Value previous = sorted.read(b, at, before);
          Value differs = slices.compare(b, at, previous, position).second;
          Value isNew = s.bitOr(s.cmp(Pred::eq, rank[0], zeroIndex), differs);
          Value number = s.select(isNew, s.add(carried[3], one), carried[3]);
          Value place = clampIndex(b, at, number, limit);
          Value wide = arith::IndexCastOp::create(b, at, i64, position);
          Value oldFirst = tensor::ExtractOp::create(b, at, carried[0], place);
          Value first = tensor::InsertOp::create(b, at, s.select(isNew, wide, oldFirst), carried[0], place);
          Value wideNumber = arith::IndexCastOp::create(b, at, i64, number);
          Value inverse = tensor::InsertOp::create(b, at, wideNumber, carried[1], position);
          Value oldCount = tensor::ExtractOp::create(b, at, carried[2], place);
          Value counts =
              tensor::InsertOp::create(b, at, s.add(oldCount, s.integer(i64, 1)), carried[2], place);
          return {first, inverse, counts, number};
        });
    if (!op.getSorted())
      state = orderByFirst(rewriter, loc, state, distinct, shape[axis]);
    Value y = takeSlices(rewriter, loc, slices, state[0], typeOf(op.getY()));
    rewriter.replaceOp(op, {castToType(rewriter, loc, y, storageTypeOf(op.getY())),
                            castToType(rewriter, loc, state[0], storageTypeOf(op.getFirst())),
                            castToType(rewriter, loc, state[1], storageTypeOf(op.getInverse())),
                            castToType(rewriter, loc, state[2], storageTypeOf(op.getCounts()))});
    return success();
  }

private:
  /// The slices of a tensor along an axis in lexicographic order.
  struct Slices {
    KeyReader keys;
    SmallVector<OpFoldResult> shape;
    int64_t axis;

    /// Whether slice i comes before slice j, and whether they differ. NaN equals nothing.
    std::pair<Value, Value> compare(OpBuilder &b, Location loc, Value i, Value j) const {
      SmallVector<OpFoldResult> rest(shape);
      rest.erase(rest.begin() + axis);
      Value no = arith::ConstantOp::create(b, loc, b.getBoolAttr(false));
      SmallVector<Value> result = createSequentialLoops(
          b, loc, rest, {no, no},
          [&](OpBuilder &body, Location at, ValueRange place, ValueRange state) -> SmallVector<Value> {
            ScalarBuilder s{body, at};
            SmallVector<Value> left(place), right(place);
            left.insert(left.begin() + axis, i);
            right.insert(right.begin() + axis, j);
            Value x = keys.read(body, at, left), y = keys.read(body, at, right);
            Value before = keys.isBefore(body, at, x, y, /*largest=*/false);
            Value differs =
                isa<FloatType>(x.getType()) ? s.cmp(arith::CmpFPredicate::UNE, x, y) : s.cmp(Pred::ne, x, y);
            // The first difference decides.
            return {s.select(state[1], state[0], before), s.bitOr(state[1], differs)};
          });
      return {result[0], result[1]};
    }
  };

  static Value flatten(OpBuilder &b, Location loc, Value x, OpFoldResult count) {
    RankedTensorType type = typeOf(x);
    ReassociationIndices all = llvm::to_vector<2>(llvm::seq<int64_t>(0, type.getRank()));
    if (type.getRank() == 0) {
      auto one = RankedTensorType::get({1}, type.getElementType());
      return tensor::ExpandShapeOp::create(b, loc, one, x, ArrayRef<ReassociationIndices>());
    }
    return tensor::CollapseShapeOp::create(b, loc, x, ArrayRef<ReassociationIndices>{all});
  }

  /// Renumbers the distinct slices by their first occurrence.
  static SmallVector<Value> orderByFirst(OpBuilder &b, Location loc, ArrayRef<Value> state,
                                         OpFoldResult distinct, OpFoldResult total) {
    Type i64 = b.getI64Type();
    Value size = toValue(b, loc, distinct), one = createIndex(b, loc, 1);
    // Only the entries that are in use take part.
    Value used = arith::MinSIOp::create(b, loc, arith::AddIOp::create(b, loc, state[3], one), size);
    SortedOrder sorted = createSort(b, loc, used, createSortBuffer(b, loc, distinct),
                                    [&](OpBuilder &body, Location at, Value i, Value j) -> Value {
                                      Value x = tensor::ExtractOp::create(body, at, state[0], i);
                                      Value y = tensor::ExtractOp::create(body, at, state[0], j);
                                      return arith::CmpIOp::create(body, at, Pred::slt, x, y);
                                    });
    Value zero = createScalar(b, loc, i64, 0.0);
    SmallVector<Value> moved{createFilled(b, loc, distinct, zero), createFilled(b, loc, distinct, zero),
                             createFilled(b, loc, distinct, zero)};
    moved = createSequentialLoops(
        b, loc, OpFoldResult(used), moved,
        [&](OpBuilder &body, Location at, ValueRange rank, ValueRange carried) -> SmallVector<Value> {
          Value old = sorted.read(body, at, rank[0]);
          Value first = tensor::ExtractOp::create(body, at, state[0], old);
          Value count = tensor::ExtractOp::create(body, at, state[2], old);
          Value wide = arith::IndexCastOp::create(body, at, i64, rank[0]);
          return {tensor::InsertOp::create(body, at, first, carried[0], rank[0]),
                  tensor::InsertOp::create(body, at, count, carried[1], rank[0]),
                  tensor::InsertOp::create(body, at, wide, carried[2], old)};
        });
    Value inverse =
        createElementwise(b, loc, state[1], i64, total, [&](OpBuilder &body, Location at, ValueRange args) {
          Value index = arith::IndexCastOp::create(body, at, body.getIndexType(), args[0]);
          return tensor::ExtractOp::create(body, at, moved[2], clampIndex(body, at, index, size)).getResult();
        });
    return {moved[0], inverse, moved[1], state[3]};
  }

  Value takeSlices(OpBuilder &b, Location loc, const Slices &slices, Value first,
                   RankedTensorType type) const {
    Value size = toValue(b, loc, slices.shape[slices.axis]);
    return createMap(b, loc, getStorageElementType(type.getElementType()), sizes.getSizes(b, type),
                     [&](OpBuilder &body, Location at, ValueRange indices) -> Value {
                       SmallVector<Value> place(indices);
                       Value raw = tensor::ExtractOp::create(body, at, first, indices[slices.axis]);
                       Value index = arith::IndexCastOp::create(body, at, body.getIndexType(), raw);
                       place[slices.axis] = clampIndex(body, at, index, size);
                       return tensor::ExtractOp::create(body, at, slices.keys.tensor, place);
                     });
  }
};

/// Greedy suppression per batch and class; rows that are not needed hold -1.
class LowerNms : public LoweringPattern<w::NmsOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::NmsOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getResult()), boxType = typeOf(op.getBoxes()),
                     scoreType = typeOf(op.getScores());
    Type i64 = rewriter.getI64Type(), compute = getComputeFloatType(scoreType.getElementType());
    auto readThreshold = [&](Value weftValue, Value value, double fallback) {
      if (!weftValue)
        return createScalar(rewriter, loc, compute, fallback);
      return emitToFloat(rewriter, loc, extractScalar(rewriter, loc, weftValue, value),
                         typeOf(weftValue).getElementType(), compute);
    };
    Value iou = readThreshold(op.getIou(), adaptor.getIou(), 0.0);
    Value least = readThreshold(op.getScore(), adaptor.getScore(), -std::numeric_limits<double>::infinity());
    bool filters = op.getScore() != nullptr;
    Value perClass = adaptor.getMaxBoxes() ? adaptor.getMaxBoxes() : createIndex(rewriter, loc, 0);
    SmallVector<OpFoldResult> shape = sizes.getSizes(rewriter, type),
                              scoreSizes = sizes.getSizes(rewriter, scoreType);
    Value limit = toValue(rewriter, loc, shape[0]);
    KeyReader scores{adaptor.getScores(), scoreType.getElementType()},
        boxes{adaptor.getBoxes(), boxType.getElementType()};
    SmallVector<Value> initial{createFilled(rewriter, loc, shape, createScalar(rewriter, loc, i64, -1.0)),
                               createIndex(rewriter, loc, 0), createEmpty(rewriter, loc, scoreSizes[2], i64)};
    // What only run time knows is at most what 62 levels hold.
    int64_t capacity = getConstantIntValue(scoreSizes[2]).value_or(int64_t(1) << 40);
    SmallVector<Value> results = createSequentialLoops(
        rewriter, loc, ArrayRef(scoreSizes).take_front(2), initial,
        [&](OpBuilder &b, Location at, ValueRange cls, ValueRange state) -> SmallVector<Value> {
          auto scoreOf = [&](OpBuilder &body, Location bodyLoc, Value box) {
            return scores.read(body, bodyLoc, {cls[0], cls[1], box});
          };
          // Of equal scores the first box comes first.
          auto isBefore = [&](OpBuilder &body, Location bodyLoc, Value i, Value j) -> Value {
            ScalarBuilder s{body, bodyLoc};
            Value x = scoreOf(body, bodyLoc, i), y = scoreOf(body, bodyLoc, j);
            Value before = scores.isBefore(body, bodyLoc, x, y, /*largest=*/true);
            Value after = scores.isBefore(body, bodyLoc, y, x, /*largest=*/true);
            Value yes = arith::ConstantOp::create(body, bodyLoc, body.getBoolAttr(true));
            return s.bitOr(before, s.bitAnd(s.bitXor(after, yes), s.cmp(Pred::slt, i, j)));
          };
          // Few boxes of many are taken: a heap gives them in order without sorting the others.
          SmallVector<Value> candidates = createSequentialLoops(
              b, at, scoreSizes[2], {state[2], createIndex(b, at, 0)},
              [&](OpBuilder &body, Location bodyLoc, ValueRange box, ValueRange carried) {
                Value wide = arith::IndexCastOp::create(body, bodyLoc, i64, box[0]);
                Value heap = tensor::InsertOp::create(body, bodyLoc, wide, carried[0], carried[1]);
                Value one = createIndex(body, bodyLoc, 1), zero = createIndex(body, bodyLoc, 0);
                ScalarBuilder s{body, bodyLoc};
                Value counts = one;
                if (filters)
                  counts = s.select(s.cmp(arith::CmpFPredicate::OGT, scoreOf(body, bodyLoc, box[0]), least),
                                    one, zero);
                return SmallVector<Value>{heap, s.add(carried[1], counts)};
              });
          Value heap = createHeap(b, at, candidates[1], candidates[0], isBefore);
          Value base = state[1];
          SmallVector<Value> picked = createSequentialLoops(
              b, at, scoreSizes[2], {state[0], state[1], heap, candidates[1]},
              [&](OpBuilder &body, Location bodyLoc, ValueRange rank,
                  ValueRange carried) -> SmallVector<Value> {
                ScalarBuilder s{body, bodyLoc};
                Value taken = arith::SubIOp::create(body, bodyLoc, carried[1], base);
                Value mayTake =
                    s.bitAnd(s.cmp(Pred::slt, taken, perClass), s.cmp(Pred::slt, carried[1], limit));
                mayTake = s.bitAnd(mayTake, s.cmp(Pred::slt, rank[0], candidates[1]));
                auto [box, others] =
                    createHeapPop(body, bodyLoc, mayTake, carried[3], capacity, carried[2], isBefore);
                SmallVector<Value> next = createIf(
                    body, bodyLoc, mayTake,
                    [&, box = box](OpBuilder &then, Location thenLoc) {
                      return tryBox(then, thenLoc, op, boxes, compute, cls, box, base, taken, iou,
                                    carried.take_front(2));
                    },
                    [&](OpBuilder &, Location) { return SmallVector<Value>(carried.take_front(2)); });
                Value one = createIndex(body, bodyLoc, 1);
                next.append({others, s.select(mayTake, s.sub(carried[3], one), carried[3])});
                return next;
              });
          return {picked[0], picked[1], picked[2]};
        });
    rewriter.replaceOp(op, castToType(rewriter, loc, results[0], getStorageType(type)));
    return success();
  }

private:
  struct Corners {
    Value y1, x1, y2, x2;
  };

  static Corners readBox(ScalarBuilder s, w::NmsOp op, const KeyReader &boxes, Value batch, Value box) {
    Value v[4];
    for (int64_t i = 0; i < 4; ++i)
      v[i] = boxes.read(s.b, s.loc, {batch, box, createIndex(s.b, s.loc, i)});
    if (op.getCenter()) {
      Value half = s.real(v[0].getType(), 0.5);
      Value dx = s.mul(v[2], half), dy = s.mul(v[3], half);
      return {s.sub(v[1], dy), s.sub(v[0], dx), s.add(v[1], dy), s.add(v[0], dx)};
    }
    auto lower = [&](Value x, Value y) -> Value { return arith::MinimumFOp::create(s.b, s.loc, x, y); };
    auto upper = [&](Value x, Value y) -> Value { return arith::MaximumFOp::create(s.b, s.loc, x, y); };
    return {lower(v[0], v[2]), lower(v[1], v[3]), upper(v[0], v[2]), upper(v[1], v[3])};
  }

  /// Whether the boxes overlap by more than the threshold.
  static Value emitOverlaps(ScalarBuilder s, const Corners &a, const Corners &c, Value threshold) {
    auto extent = [&](Value high1, Value high2, Value low1, Value low2) {
      return s.sub(arith::MinimumFOp::create(s.b, s.loc, high1, high2),
                   arith::MaximumFOp::create(s.b, s.loc, low1, low2));
    };
    using F = arith::CmpFPredicate;
    Value zero = s.real(threshold.getType(), 0.0);
    Value height = extent(a.y2, c.y2, a.y1, c.y1), width = extent(a.x2, c.x2, a.x1, c.x1);
    Value common = s.mul(height, width);
    Value areaA = s.mul(s.sub(a.y2, a.y1), s.sub(a.x2, a.x1)),
          areaC = s.mul(s.sub(c.y2, c.y1), s.sub(c.x2, c.x1));
    Value all = s.sub(s.add(areaA, areaC), common);
    Value isReal =
        s.bitAnd(s.bitAnd(s.cmp(F::OGT, height, zero), s.cmp(F::OGT, width, zero)), s.cmp(F::OGT, all, zero));
    Value ratio = s.select(isReal, arith::DivFOp::create(s.b, s.loc, common, all), zero);
    return s.cmp(F::OGT, ratio, threshold);
  }

  /// Takes the box unless one that was taken before overlaps it.
  static SmallVector<Value> tryBox(OpBuilder &b, Location loc, w::NmsOp op, const KeyReader &boxes,
                                   Type compute, ValueRange cls, Value box, Value base, Value taken,
                                   Value iou, ValueRange carried) {
    ScalarBuilder s{b, loc};
    Corners own = readBox(s, op, boxes, cls[0], box);
    Value no = arith::ConstantOp::create(b, loc, b.getBoolAttr(false));
    Value hidden = createSequentialLoops(
        b, loc, OpFoldResult(taken), no,
        [&](OpBuilder &body, Location at, ValueRange i, ValueRange state) -> SmallVector<Value> {
          ScalarBuilder t{body, at};
          Value place[] = {t.add(base, i[0]), createIndex(body, at, 2)};
          Value raw = tensor::ExtractOp::create(body, at, carried[0], place);
          Value other = arith::IndexCastOp::create(body, at, body.getIndexType(), raw);
          return {t.bitOr(state[0], emitOverlaps(t, own, readBox(t, op, boxes, cls[0], other), iou))};
        })[0];
    return createIf(
        b, loc, hidden, [&](OpBuilder &, Location) { return SmallVector<Value>(carried); },
        [&](OpBuilder &body, Location at) {
          Value next = carried[0], columns[] = {cls[0], cls[1], box};
          for (auto [column, index] : llvm::enumerate(columns)) {
            Value wide = arith::IndexCastOp::create(body, at, body.getI64Type(), index);
            next = tensor::InsertOp::create(body, at, wide, next,
                                            ValueRange{carried[1], createIndex(body, at, column)});
          }
          return SmallVector<Value>{next,
                                    arith::AddIOp::create(body, at, carried[1], createIndex(body, at, 1))};
        });
  }
};

} // namespace

void populateSelectionLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                const LoweringContext &sizes) {
  patterns.add<LowerNms, LowerNonzero, LowerUnique>(converter, patterns.getContext(), sizes);
}

} // namespace weft::conversion
