// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers top_k and sort to sequential loops.
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

/// Values and positions of the first elements of each sorted row.
SmallVector<Value> lowerSorted(OpBuilder &b, Location loc, const LoweringContext &sizes,
                               RankedTensorType type, Value x, RankedTensorType resultType, int64_t axis,
                               bool largest) {
  KeyReader keys{x, type.getElementType()};
  SmallVector<OpFoldResult> shape = sizes.getSizes(b, resultType), outer = sizes.getSizes(b, type);
  OpFoldResult rowSize = outer[axis];
  Value size = toValue(b, loc, rowSize);
  outer.erase(outer.begin() + axis);
  Type i64 = b.getI64Type();
  SmallVector<Value> initial{createEmpty(b, loc, shape, getStorageElementType(type.getElementType())),
                             createEmpty(b, loc, shape, i64), createSortBuffer(b, loc, rowSize)};
  return createSequentialLoops(
      b, loc, outer, initial,
      [&](OpBuilder &body, Location at, ValueRange row, ValueRange state) -> SmallVector<Value> {
        auto placeOf = [&](Value position) { return getPlace(row, axis, position); };
        SortedOrder sorted =
            createSort(body, at, size, state[2], [&](OpBuilder &inner, Location innerLoc, Value i, Value j) {
              return keys.isBefore(inner, innerLoc, keys.read(inner, innerLoc, placeOf(i)),
                                   keys.read(inner, innerLoc, placeOf(j)), largest);
            });
        SmallVector<Value> filled = createSequentialLoops(
            body, at, shape[axis], state.take_front(2),
            [&](OpBuilder &inner, Location innerLoc, ValueRange rank,
                ValueRange results) -> SmallVector<Value> {
              Value position = sorted.read(inner, innerLoc, rank[0]);
              Value value = tensor::ExtractOp::create(inner, innerLoc, x, placeOf(position));
              Value wide = arith::IndexCastOp::create(inner, innerLoc, i64, position);
              SmallVector<Value> target = placeOf(rank[0]);
              return {tensor::InsertOp::create(inner, innerLoc, value, results[0], target),
                      tensor::InsertOp::create(inner, innerLoc, wide, results[1], target)};
            });
        return {filled[0], filled[1], sorted.buffer};
      });
}

/// Entries of a heap that stand for positions in a row, and their order.
///
/// Elements of up to 32 bits are part of the entry: above the position, counted downwards, a signed number
/// that has their order, so that one comparison of entries is all. Other entries are positions, whose
/// elements are read.
class Ranking {
public:
  Ranking(KeyReader keys, bool largest, int64_t rowSize)
      : keys(keys), largest(largest), isUnsigned(isUnsignedElement(keys.element)) {
    Type key = isa<FloatType>(keys.element) ? getComputeFloatType(keys.element) : keys.element;
    isPacked = key.getIntOrFloatBitWidth() <= 32 && ShapedType::isStatic(rowSize) && rowSize <= kPositions;
  }

  Value encode(OpBuilder &b, Location loc, Value position, ValueRange place) const {
    if (!isPacked)
      return position;
    ScalarBuilder s{b, loc};
    Value upper =
        arith::ShLIOp::create(b, loc, rank(s, keys.read(b, loc, place)), s.integer(s.b.getI64Type(), 32));
    Value lower = s.sub(createIndex(b, loc, kPositions), position);
    return s.add(arith::IndexCastOp::create(b, loc, b.getIndexType(), upper), lower);
  }

  Value decode(OpBuilder &b, Location loc, Value entry) const {
    if (!isPacked)
      return entry;
    Value all = createIndex(b, loc, kPositions);
    return ScalarBuilder{b, loc}.sub(all, arith::AndIOp::create(b, loc, entry, all));
  }

  /// Whether `entry` comes behind `other`; of equal elements the first one is before the others.
  Value isAfter(OpBuilder &b, Location loc, Value entry, Value other,
                function_ref<Value(Value)> readKey) const {
    ScalarBuilder s{b, loc};
    if (isPacked)
      return s.cmp(Pred::slt, entry, other);
    Value own = readKey(entry), than = readKey(other);
    Value after = keys.isBefore(b, loc, than, own, largest);
    Value isDifferent = s.bitOr(after, keys.isBefore(b, loc, own, than, largest));
    Value yes = arith::ConstantOp::create(b, loc, b.getBoolAttr(true));
    return s.bitOr(after, s.bitAnd(s.bitXor(isDifferent, yes), s.cmp(Pred::sgt, entry, other)));
  }

private:
  static constexpr int64_t kPositions = 0xffffffff;

  /// A 32-bit number, as i64, that has the order of the keys; the largest is the first.
  Value rank(ScalarBuilder s, Value key) const {
    Type wide = s.b.getI64Type(), narrow = s.b.getI32Type();
    Value result;
    if (isa<FloatType>(key.getType())) {
      // -0 is equal to 0; behind the sign, negative numbers count backwards; NaN is above everything.
      Value clean = arith::AddFOp::create(s.b, s.loc, key, s.real(key.getType(), 0.0));
      Value bits = arith::BitcastOp::create(s.b, s.loc, narrow, clean);
      Value sign = arith::ShRSIOp::create(s.b, s.loc, bits, s.integer(narrow, 31));
      Value most = s.integer(narrow, 0x7fffffff);
      bits = s.bitXor(bits, s.bitAnd(sign, most));
      bits = s.select(s.cmp(arith::CmpFPredicate::UNO, key, key), most, bits);
      result = arith::ExtSIOp::create(s.b, s.loc, wide, bits);
    } else if (isUnsigned || key.getType().isInteger(1)) {
      result = arith::ExtUIOp::create(s.b, s.loc, wide, key);
      result = s.sub(result, s.integer(wide, int64_t(1) << 31));
    } else {
      result = arith::ExtSIOp::create(s.b, s.loc, wide, key);
    }
    return largest ? result : s.bitXor(result, s.integer(wide, -1));
  }

  KeyReader keys;
  bool largest, isUnsigned, isPacked;
};

/// Elements of a row that are compared at once with the worst of those found so far.
constexpr int64_t leaderBlock = 16;

/// The first elements of each row in sorted order: a heap holds those found so far, the last of them on top.
/// Elements that are not before it, nearly all of a long row, cost one comparison.
class LeaderSearch {
public:
  LeaderSearch(OpBuilder &b, Location loc, RankedTensorType type, Value x, RankedTensorType resultType,
               int64_t axis, bool largest)
      : keys{x, type.getElementType()}, ranking(keys, largest, type.getDimSize(axis)), axis(axis),
        largest(largest), isLast(axis + 1 == type.getRank()), rowSize(type.getDimSize(axis)),
        numLeaders(resultType.getDimSize(axis)), count(createIndex(b, loc, numLeaders)),
        zero(createIndex(b, loc, 0)), one(createIndex(b, loc, 1)),
        levels(createIndex(b, loc, llvm::Log2_64_Ceil(numLeaders + 1))) {}

  /// Values, positions and heap behind one row.
  SmallVector<Value> searchRow(OpBuilder &b, Location loc, ValueRange rowPlace, Value size,
                               ValueRange state) {
    row = rowPlace;
    auto isAfter = [&](OpBuilder &at, Location where, Value i, Value j) { return compare(at, where, i, j); };
    Value heap = createSequentialLoops(
        b, loc, OpFoldResult(count), state[2],
        [&](OpBuilder &at, Location where, ValueRange position, ValueRange carried) -> SmallVector<Value> {
          return {write(at, where, encode(at, where, position[0]), position[0], carried[0])};
        })[0];
    heap = createHeap(b, loc, count, heap, isAfter);
    SmallVector<Value> carried{heap, readTop(b, loc, heap)};
    Value begin = count;
    int64_t numBlocks = isLast && ShapedType::isStatic(rowSize) ? (rowSize - numLeaders) / leaderBlock : 0;
    if (numBlocks > 1) {
      carried = searchBlocks(b, loc, numBlocks, carried);
      begin = createIndex(b, loc, numLeaders + numBlocks * leaderBlock);
    }
    carried = searchElements(b, loc, begin, size, carried);
    Value yes = arith::ConstantOp::create(b, loc, b.getBoolAttr(true));
    // The last one comes out first.
    return createSequentialLoops(
        b, loc, OpFoldResult(count), {state[0], state[1], carried[0]},
        [&](OpBuilder &at, Location where, ValueRange step, ValueRange results) -> SmallVector<Value> {
          ScalarBuilder s{at, where};
          Value left = s.sub(count, step[0]);
          auto [entry, others] = createHeapPop(at, where, yes, left, numLeaders, results[2], isAfter);
          Value position = ranking.decode(at, where, entry);
          SmallVector<Value> target = getPlace(row, axis, s.sub(left, one));
          Value value = tensor::ExtractOp::create(at, where, keys.tensor, getPlace(row, axis, position));
          Value wide = arith::IndexCastOp::create(at, where, at.getI64Type(), position);
          return {tensor::InsertOp::create(at, where, value, results[0], target),
                  tensor::InsertOp::create(at, where, wide, results[1], target), others};
        });
  }

private:
  Value readKey(OpBuilder &b, Location loc, Value position) const {
    return keys.read(b, loc, getPlace(row, axis, position));
  }
  Value encode(OpBuilder &b, Location loc, Value position) const {
    return ranking.encode(b, loc, position, getPlace(row, axis, position));
  }
  Value compare(OpBuilder &b, Location loc, Value i, Value j) const {
    return ranking.isAfter(b, loc, i, j, [&](Value position) { return readKey(b, loc, position); });
  }
  Value readEntry(OpBuilder &b, Location loc, Value heap) const {
    Value raw = tensor::ExtractOp::create(b, loc, heap, zero);
    return arith::IndexCastOp::create(b, loc, b.getIndexType(), raw);
  }
  Value readTop(OpBuilder &b, Location loc, Value heap) const {
    return readKey(b, loc, ranking.decode(b, loc, readEntry(b, loc, heap)));
  }
  static Value write(OpBuilder &b, Location loc, Value entry, Value place, Value heap) {
    Value wide = arith::IndexCastOp::create(b, loc, b.getI64Type(), entry);
    return tensor::InsertOp::create(b, loc, wide, heap, place);
  }

  /// Whether a key may belong to the heap: one comparison that NaN passes, too.
  Value mayTake(OpBuilder &b, Location loc, Value key, Value top) const {
    if (isa<FloatType>(key.getType()))
      return ScalarBuilder{b, loc}.cmp(largest ? arith::CmpFPredicate::UGT : arith::CmpFPredicate::ULT, key,
                                       top);
    return keys.isBefore(b, loc, key, top, largest);
  }

  /// Elements from `begin` to `end`; `carried` is the heap and the key on top of it.
  SmallVector<Value> searchElements(OpBuilder &b, Location loc, Value begin, Value end,
                                    ValueRange carried) const {
    auto loop = scf::ForOp::create(
        b, loc, begin, end, one, carried, [&](OpBuilder &at, Location where, Value position, ValueRange old) {
          Value takes = mayTake(at, where, readKey(at, where, position), old[1]);
          Value steps = ScalarBuilder{at, where}.select(takes, one, zero);
          // A loop of at most one iteration: bufferisation would copy what a branch carries.
          scf::YieldOp::create(
              at, where,
              createSequentialLoops(at, where, OpFoldResult(steps), old,
                                    [&](OpBuilder &then, Location thenLoc, ValueRange, ValueRange now) {
                                      return take(then, thenLoc, position, now[0]);
                                    }));
        });
    return llvm::to_vector_of<Value>(loop.getResults());
  }

  /// Puts the element at `position` in the place of the top if it is before that.
  SmallVector<Value> take(OpBuilder &b, Location loc, Value position, Value heap) const {
    Value entry = encode(b, loc, position), top = readEntry(b, loc, heap);
    Value better = ScalarBuilder{b, loc}.select(compare(b, loc, top, entry), entry, top);
    heap = createSiftDown(
        b, loc, count, zero, levels, write(b, loc, better, zero, heap),
        [&](OpBuilder &at, Location where, Value i, Value j) { return compare(at, where, i, j); });
    return {heap, readTop(b, loc, heap)};
  }

  /// Blocks of contiguous elements, whose comparisons make vectors: nearly all hold nothing to take.
  SmallVector<Value> searchBlocks(OpBuilder &b, Location loc, int64_t numBlocks, ValueRange carried) const {
    return createSequentialLoops(
        b, loc, OpFoldResult(b.getIndexAttr(numBlocks)), carried,
        [&](OpBuilder &at, Location where, ValueRange number, ValueRange old) -> SmallVector<Value> {
          ScalarBuilder s{at, where};
          Value length = createIndex(at, where, leaderBlock);
          Value begin = s.add(s.mul(number[0], length), count);
          Type flagType = at.getI32Type();
          Value flag = createSequentialLoops(
              at, where, OpFoldResult(at.getIndexAttr(leaderBlock)), s.integer(flagType, 0),
              [&](OpBuilder &inner, Location nested, ValueRange i, ValueRange seen) -> SmallVector<Value> {
                ScalarBuilder t{inner, nested};
                Value takes = mayTake(inner, nested, readKey(inner, nested, t.add(begin, i[0])), old[1]);
                return {t.bitOr(seen[0], arith::ExtSIOp::create(inner, nested, flagType, takes))};
              })[0];
          Value steps = s.select(s.cmp(Pred::ne, flag, s.integer(flagType, 0)), length, zero);
          return searchElements(at, where, begin, s.add(begin, steps), old);
        });
  }

  KeyReader keys;
  Ranking ranking;
  int64_t axis;
  bool largest, isLast;
  int64_t rowSize, numLeaders;
  Value count, zero, one, levels;
  ValueRange row; ///< The indices of the row that is searched.
};

SmallVector<Value> lowerLeaders(OpBuilder &b, Location loc, const LoweringContext &sizes,
                                RankedTensorType type, Value x, RankedTensorType resultType, int64_t axis,
                                bool largest) {
  LeaderSearch search(b, loc, type, x, resultType, axis, largest);
  SmallVector<OpFoldResult> shape = sizes.getSizes(b, resultType), outer = sizes.getSizes(b, type);
  Value size = toValue(b, loc, outer[axis]);
  outer.erase(outer.begin() + axis);
  Type i64 = b.getI64Type();
  SmallVector<Value> initial{createEmpty(b, loc, shape, getStorageElementType(type.getElementType())),
                             createEmpty(b, loc, shape, i64), createEmpty(b, loc, shape[axis], i64)};
  return createSequentialLoops(
      b, loc, outer, initial,
      [&](OpBuilder &body, Location at, ValueRange row, ValueRange state) -> SmallVector<Value> {
        return search.searchRow(body, at, row, size, state);
      });
}

/// Values and positions in the types that the op's users expect.
template <typename OpTy>
void replaceSorted(ConversionPatternRewriter &rewriter, OpTy op, ValueRange results) {
  rewriter.replaceOp(
      op, {castToType(rewriter, op.getLoc(), results[0], getStorageType(typeOf(op.getValues()))),
           castToType(rewriter, op.getLoc(), results[1], getStorageType(typeOf(op.getIndices())))});
}

/// Results per row up to which a heap is cheaper than sorting the row.
constexpr int64_t maxLeaders = 1024;

class LowerTopK : public LoweringPattern<w::TopKOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::TopKOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = typeOf(op.getX()), resultType = typeOf(op.getValues());
    if (!isOrdered(type.getElementType()))
      return sizes.refuse(rewriter, op, "sorts elements that have no order");
    int64_t axis = op.getAxis(), count = resultType.getDimSize(axis);
    bool isShort = ShapedType::isStatic(count) && count > 0 && count <= maxLeaders;
    SmallVector<Value> results = (isShort ? lowerLeaders : lowerSorted)(
        rewriter, op.getLoc(), sizes, type, adaptor.getX(), resultType, axis, op.getLargest());
    replaceSorted(rewriter, op, results);
    return success();
  }
};

class LowerSort : public LoweringPattern<w::SortOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::SortOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = typeOf(op.getX()), resultType = typeOf(op.getValues());
    if (!isOrdered(type.getElementType()))
      return sizes.refuse(rewriter, op, "sorts elements that have no order");
    SmallVector<Value> results = lowerSorted(rewriter, op.getLoc(), sizes, type, adaptor.getX(), resultType,
                                             op.getAxis(), op.getDescending());
    replaceSorted(rewriter, op, results);
    return success();
  }
};

} // namespace

void populateTopKLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                           const LoweringContext &sizes) {
  patterns.add<LowerSort, LowerTopK>(converter, patterns.getContext(), sizes);
}

} // namespace weft::conversion
