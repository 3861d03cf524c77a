// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bottom-up merge sort of positions.
#include "Sorting.h"

#include "Loops.h"
#include "Scalar.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace weft::conversion {

using Pred = arith::CmpIPredicate;

SortBuffers createSortBuffers(OpBuilder &b, Location loc, OpFoldResult size) {
  return {createEmpty(b, loc, size, b.getI64Type()), createEmpty(b, loc, size, b.getI64Type())};
}

Value readOrder(OpBuilder &b, Location loc, Value order, Value rank) {
  Value raw = tensor::ExtractOp::create(b, loc, order, rank);
  return arith::IndexCastOp::create(b, loc, b.getIndexType(), raw);
}

/// Merges the sorted runs [start, middle) and [middle, end) of `order` into `scratch`.
static Value createMerge(OpBuilder &b, Location loc, Value size, Value start, Value width, Value order,
                         Value scratch, IsBeforeFn isBefore) {
  Value middle = arith::MinSIOp::create(b, loc, arith::AddIOp::create(b, loc, start, width), size);
  Value end = arith::MinSIOp::create(b, loc, arith::AddIOp::create(b, loc, middle, width), size);
  Value count = arith::SubIOp::create(b, loc, end, start);
  SmallVector<Value> merged = createSequentialLoops(
      b, loc, OpFoldResult(count), {scratch, start, middle},
      [&](OpBuilder &body, Location at, ValueRange place, ValueRange state) -> SmallVector<Value> {
        ScalarBuilder s{body, at};
        Value left = state[1], right = state[2];
        Value leftItem = readOrder(body, at, order, clampIndex(body, at, left, size));
        Value rightItem = readOrder(body, at, order, clampIndex(body, at, right, size));
        // The left one goes first unless the right one is strictly before it: equal elements keep their
        // order.
        Value hasLeft = s.cmp(Pred::slt, left, middle), rightIsDone = s.cmp(Pred::sge, right, end);
        Value rightFirst = isBefore(body, at, rightItem, leftItem);
        Value yes = arith::ConstantOp::create(body, at, body.getBoolAttr(true));
        Value takesLeft = s.bitAnd(hasLeft, s.bitOr(rightIsDone, s.bitXor(rightFirst, yes)));
        Value item = s.select(takesLeft, leftItem, rightItem);
        Value wide = arith::IndexCastOp::create(body, at, body.getI64Type(), item);
        Value target = s.add(start, place[0]), one = createIndex(body, at, 1);
        Value next = tensor::InsertOp::create(body, at, wide, state[0], target);
        return {next, s.select(takesLeft, s.add(left, one), left),
                s.select(takesLeft, right, s.add(right, one))};
      });
  return merged[0];
}

SortBuffers createSort(OpBuilder &b, Location loc, Value size, SortBuffers buffers, IsBeforeFn isBefore) {
  AffineMap identity = b.getMultiDimIdentityMap(1);
  Value order = createGeneric(b, loc, {}, buffers.order, identity, IteratorType::parallel,
                              [](OpBuilder &body, Location at, ValueRange) -> Value {
                                Value index = linalg::IndexOp::create(body, at, 0);
                                return arith::IndexCastOp::create(body, at, body.getI64Type(), index);
                              });
  SmallVector<Value> initial{createIndex(b, loc, 1), order, buffers.scratch};
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
            body, at, OpFoldResult(runs), state[2],
            [&](OpBuilder &inner, Location innerLoc, ValueRange run,
                ValueRange carried) -> SmallVector<Value> {
              Value start = arith::MulIOp::create(inner, innerLoc, run[0], pair);
              return {createMerge(inner, innerLoc, size, start, width, state[1], carried[0], isBefore)};
            })[0];
        // Copied back, so that each buffer stays where it is.
        Value copied = createGeneric(body, at, merged, state[1], {identity, identity}, IteratorType::parallel,
                                     [](OpBuilder &, Location, ValueRange args) { return args[0]; });
        scf::YieldOp::create(body, at, ValueRange{pair, copied, merged});
      });
  return {loop.getResult(1), loop.getResult(2)};
}

} // namespace weft::conversion
