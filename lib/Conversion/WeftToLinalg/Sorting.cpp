// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bottom-up merge sort and heaps of positions.
#include "Sorting.h"

#include "Loops.h"
#include "Scalar.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace weft::conversion {

using Pred = arith::CmpIPredicate;

Value KeyReader::read(OpBuilder &b, Location loc, ValueRange place) const {
  Value raw = tensor::ExtractOp::create(b, loc, tensor, place);
  return isa<FloatType>(element) ? emitToFloat(b, loc, raw, element, getComputeFloatType(element)) : raw;
}

Value KeyReader::isBefore(OpBuilder &b, Location loc, Value x, Value y, bool largest) const {
  return emitIsBefore({b, loc}, x, y, isUnsignedElement(element), largest);
}

bool isOrdered(Type element) { return getStorageElementType(element) && !isa<ComplexType>(element); }

SmallVector<Value> getPlace(ValueRange row, int64_t axis, Value position) {
  SmallVector<Value> place(row);
  place.insert(place.begin() + axis, position);
  return place;
}

Value createSortBuffer(OpBuilder &b, Location loc, OpFoldResult size) {
  return createEmpty(b, loc, {b.getIndexAttr(2), size}, b.getI64Type());
}

Value SortedOrder::read(OpBuilder &b, Location loc, Value rank) const {
  Value raw = tensor::ExtractOp::create(b, loc, buffer, ValueRange{side, rank});
  return arith::IndexCastOp::create(b, loc, b.getIndexType(), raw);
}

/// Merges the sorted runs [start, middle) and [middle, end) of row `side` of `buffer` into the other row.
static Value createMerge(OpBuilder &b, Location loc, Value size, Value start, Value width, Value side,
                         Value buffer, IsBeforeFn isBefore) {
  Value middle = arith::MinSIOp::create(b, loc, arith::AddIOp::create(b, loc, start, width), size);
  Value end = arith::MinSIOp::create(b, loc, arith::AddIOp::create(b, loc, middle, width), size);
  Value count = arith::SubIOp::create(b, loc, end, start);
  Value otherSide = arith::SubIOp::create(b, loc, createIndex(b, loc, 1), side);
  SmallVector<Value> merged = createSequentialLoops(
      b, loc, OpFoldResult(count), {buffer, start, middle},
      [&](OpBuilder &body, Location at, ValueRange place, ValueRange state) -> SmallVector<Value> {
        ScalarBuilder s{body, at};
        SortedOrder order{state[0], side};
        Value left = state[1], right = state[2];
        Value leftItem = order.read(body, at, clampIndex(body, at, left, size));
        Value rightItem = order.read(body, at, clampIndex(body, at, right, size));
        // The left one goes first unless the right one is strictly before it: equal elements keep their
        // order.
        Value hasLeft = s.cmp(Pred::slt, left, middle), rightIsDone = s.cmp(Pred::sge, right, end);
        Value rightFirst = isBefore(body, at, rightItem, leftItem);
        Value yes = arith::ConstantOp::create(body, at, body.getBoolAttr(true));
        Value takesLeft = s.bitAnd(hasLeft, s.bitOr(rightIsDone, s.bitXor(rightFirst, yes)));
        Value item = s.select(takesLeft, leftItem, rightItem);
        Value wide = arith::IndexCastOp::create(body, at, body.getI64Type(), item);
        Value target[] = {otherSide, s.add(start, place[0])};
        Value one = createIndex(body, at, 1);
        Value next = tensor::InsertOp::create(body, at, wide, state[0], target);
        return {next, s.select(takesLeft, s.add(left, one), left),
                s.select(takesLeft, right, s.add(right, one))};
      });
  return merged[0];
}

SortedOrder createSort(OpBuilder &b, Location loc, Value size, Value buffer, IsBeforeFn isBefore) {
  Value zero = createIndex(b, loc, 0);
  Value start = createSequentialLoops(
      b, loc, OpFoldResult(size), buffer,
      [&](OpBuilder &body, Location at, ValueRange place, ValueRange state) -> SmallVector<Value> {
        Value wide = arith::IndexCastOp::create(body, at, body.getI64Type(), place[0]);
        return {tensor::InsertOp::create(body, at, wide, state[0], ValueRange{zero, place[0]})};
      })[0];
  std::optional<int64_t> known = getConstantIntValue(size);
  if (known && *known <= 1)
    return {start, zero};
  SmallVector<Value> initial{createIndex(b, loc, 1), start, zero};
  auto loop = scf::WhileOp::create(
      b, loc, ValueRange(initial).getTypes(), initial,
      [&](OpBuilder &body, Location at, ValueRange state) {
        Value goesOn = arith::CmpIOp::create(body, at, Pred::slt, state[0], size);
        scf::ConditionOp::create(body, at, goesOn, state);
      },
      [&](OpBuilder &body, Location at, ValueRange state) {
        Value width = state[0], pair = arith::MulIOp::create(body, at, width, createIndex(body, at, 2));
        Value runs = arith::CeilDivUIOp::create(body, at, size, pair);
        Value merged = createSequentialLoops(
            body, at, OpFoldResult(runs), state[1],
            [&](OpBuilder &inner, Location innerLoc, ValueRange run,
                ValueRange carried) -> SmallVector<Value> {
              Value first = arith::MulIOp::create(inner, innerLoc, run[0], pair);
              return {createMerge(inner, innerLoc, size, first, width, state[2], carried[0], isBefore)};
            })[0];
        Value otherSide = arith::SubIOp::create(body, at, createIndex(body, at, 1), state[2]);
        scf::YieldOp::create(body, at, ValueRange{pair, merged, otherSide});
      });
  return {loop.getResult(1), loop.getResult(2)};
}

Value createSiftDown(OpBuilder &b, Location loc, Value size, Value start, Value levels, Value heap,
                     IsBeforeFn isBefore) {
  Value zero = createIndex(b, loc, 0), one = createIndex(b, loc, 1);
  auto loop =
      scf::ForOp::create(b, loc, zero, levels, one, ValueRange{heap, start},
                         [&](OpBuilder &body, Location at, Value, ValueRange state) {
                           ScalarBuilder s{body, at};
                           Value entries = state[0], place = state[1];
                           auto read = [&](Value index) -> Value {
                             Value raw = tensor::ExtractOp::create(body, at, entries, index);
                             return arith::IndexCastOp::create(body, at, body.getIndexType(), raw);
                           };
                           Value own = read(place), best = place, first = own;
                           Value below = s.add(s.add(place, place), one);
                           for (Value other : {below, Value(s.add(below, one))}) {
                             Value entry = read(clampIndex(body, at, other, size));
                             Value goesUp =
                                 s.bitAnd(s.cmp(Pred::slt, other, size), isBefore(body, at, entry, first));
                             best = s.select(goesUp, other, best);
                             first = s.select(goesUp, entry, first);
                           }
                           auto write = [&](Value entry, Value index, Value into) -> Value {
                             Value wide = arith::IndexCastOp::create(body, at, body.getI64Type(), entry);
                             return tensor::InsertOp::create(body, at, wide, into, index);
                           };
                           // In this order: where the entry stays, both places are one.
                           Value next = write(own, best, write(first, place, entries));
                           scf::YieldOp::create(body, at, ValueRange{next, best});
                         });
  return loop.getResult(0);
}

Value createHeap(OpBuilder &b, Location loc, Value size, Value heap, IsBeforeFn isBefore) {
  Value zero = createIndex(b, loc, 0), one = createIndex(b, loc, 1), two = createIndex(b, loc, 2);
  Value parents = arith::DivUIOp::create(b, loc, size, two);
  // From the last entry with others below it upwards; `levels` below the entry are
  // searched, `width` is 2^levels.
  auto loop = scf::ForOp::create(
      b, loc, zero, parents, one, ValueRange{heap, one, two},
      [&](OpBuilder &body, Location at, Value step, ValueRange state) {
        ScalarBuilder s{body, at};
        Value number = s.sub(parents, step);
        // number * 2^(levels + 1) <= size: there is a level more.
        Value grows =
            s.cmp(Pred::sle, arith::MulIOp::create(body, at, s.add(number, number), state[2]), size);
        Value levels = s.select(grows, s.add(state[1], one), state[1]);
        Value width = s.select(grows, s.add(state[2], state[2]), state[2]);
        Value next = createSiftDown(body, at, size, s.sub(number, one), levels, state[0], isBefore);
        scf::YieldOp::create(body, at, ValueRange{next, levels, width});
      });
  return loop.getResult(0);
}

std::pair<Value, Value> createHeapPop(OpBuilder &b, Location loc, Value takes, Value size, int64_t capacity,
                                      Value heap, IsBeforeFn isBefore) {
  // Without branches: bufferisation would copy what they carry.
  ScalarBuilder s{b, loc};
  Value zero = createIndex(b, loc, 0);
  Value raw = tensor::ExtractOp::create(b, loc, heap, zero);
  Value rest = s.select(takes, s.sub(size, createIndex(b, loc, 1)), zero);
  Value last = tensor::ExtractOp::create(b, loc, heap, rest);
  Value moved = tensor::InsertOp::create(b, loc, last, heap, zero);
  Value depth = createIndex(b, loc, llvm::Log2_64_Ceil(std::max<int64_t>(capacity, 1) + 1));
  Value levels = s.select(takes, depth, zero);
  Value first = arith::IndexCastOp::create(b, loc, b.getIndexType(), raw);
  return {first, createSiftDown(b, loc, rest, zero, levels, moved, isBefore)};
}

} // namespace weft::conversion
