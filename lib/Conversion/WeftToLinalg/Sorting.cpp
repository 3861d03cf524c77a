// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bottom-up merge sort of positions.
#include "Sorting.h"

#include "Loops.h"
#include "Scalar.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace weft::conversion {

using Pred = arith::CmpIPredicate;

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

} // namespace weft::conversion
