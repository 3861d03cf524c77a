// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Splits outputs into tasks and register tiles.
#include "MicroKernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace weft::cpu;

LogicalResult weft::cpu::emitTasks(Emitter &e, kernel::EpilogueOpInterface op, ArrayRef<int64_t> order,
                                   function_ref<void(ArrayRef<Span>)> body) {
  Value out = op.getInit();
  int64_t rank = cast<MemRefType>(out.getType()).getRank();
  SmallVector<int64_t> tiles(e.sched.getParallel());
  if (tiles.empty())
    tiles.resize(rank, 0);
  if (static_cast<int64_t>(tiles.size()) != rank)
    return op->emitOpError() << "expected " << rank << " parallel tile sizes, but got " << tiles.size()
                             << " [expand-kernel-ops-C2]";
  SmallVector<Span> ranges;
  for (int64_t i = 0; i < rank; ++i)
    ranges.push_back({e.index(0), e.dim(out, i)});
  SmallVector<OpFoldResult> counts;
  for (int64_t dim : order)
    if (tiles[dim] > 0)
      counts.push_back(getAsOpFoldResult(e.ceilDiv(ranges[dim].end, tiles[dim])));
  if (counts.empty()) {
    body(ranges);
    return success();
  }
  if (!isa<FunctionOpInterface>(op->getParentOp()))
    return op->emitOpError() << "expected no parallel level inside a loop [expand-kernel-ops-C3]";
  scf::ForallOp::create(
      e.b, e.loc, counts, ValueRange(), std::nullopt, [&](OpBuilder &b, Location loc, ValueRange ivs) {
        unsigned next = 0;
        for (int64_t dim : order) {
          if (tiles[dim] == 0)
            continue;
          Value begin = e.mul(ivs[next++], tiles[dim]);
          Value end = tiles[dim] == 1 ? e.add(begin, 1) : e.min(e.add(begin, tiles[dim]), ranges[dim].end);
          ranges[dim] = {begin, end};
        }
        body(ranges);
        scf::InParallelOp::create(b, loc);
      });
  return success();
}

void weft::cpu::forEachIndex(Emitter &e, ArrayRef<Span> ranges, function_ref<void(ArrayRef<Value>)> body) {
  SmallVector<Value> indices;
  std::function<void(size_t)> nest = [&](size_t i) {
    if (i == ranges.size())
      return body(indices);
    auto step = [&](Value index) {
      indices.push_back(index);
      nest(i + 1);
      indices.pop_back();
    };
    // Tasks of one index, [i, i + 1), need no loop.
    auto plusOne = ranges[i].end.getDefiningOp<arith::AddIOp>();
    if (plusOne && plusOne.getLhs() == ranges[i].begin && matchPattern(plusOne.getRhs(), m_One()))
      return step(ranges[i].begin);
    e.loop(ranges[i].begin, ranges[i].end, 1, step);
  };
  nest(0);
}

// The end of the whole tiles of `tile` in [begin, end).
static Value endOfWholeTiles(Emitter &e, Span range, int64_t size, int64_t tile) {
  if (!ShapedType::isDynamic(size))
    return e.min(range.end, e.index(size / tile * tile));
  Value length = e.sub(range.end, range.begin);
  return e.add(range.begin, e.mul(e.div(length, tile), tile));
}

void weft::cpu::forEachColumns(Emitter &e, Span range, int64_t size, int64_t columns,
                               function_ref<void(const Columns &)> body) {
  int64_t lanes = e.lanes(), vectors = columns / lanes;
  bool isStatic = !ShapedType::isDynamic(size);
  if (isStatic && size % columns == 0)
    return e.loop(range.begin, range.end, columns, [&](Value n) { body({n, vectors, Value()}); });
  Value whole = endOfWholeTiles(e, range, size, columns);
  if (!isStatic || size >= columns)
    e.loop(range.begin, whole, columns, [&](Value n) { body({n, vectors, Value()}); });
  if (isStatic) {
    // Only the last task reaches the remainder, whose width is known.
    int64_t rest = size % columns, count = llvm::divideCeil(rest, lanes);
    e.ifThen(e.less(e.index(size / columns * columns), range.end), [&] {
      body({e.index(size / columns * columns), count, e.laneMask(rest - (count - 1) * lanes)});
    });
    return;
  }
  e.loop(whole, range.end, lanes, [&](Value n) { body({n, 1, e.laneMask(e.sub(range.end, n))}); });
}

void weft::cpu::forEachRows(Emitter &e, Span range, int64_t size, int64_t rows,
                            function_ref<void(Value, int64_t)> body) {
  bool isStatic = !ShapedType::isDynamic(size);
  if (isStatic && size % rows == 0)
    return e.loop(range.begin, range.end, rows, [&](Value m) { body(m, rows); });
  Value whole = endOfWholeTiles(e, range, size, rows);
  if (!isStatic || size >= rows)
    e.loop(range.begin, whole, rows, [&](Value m) { body(m, rows); });
  if (isStatic) {
    e.ifThen(e.less(e.index(size / rows * rows), range.end),
             [&] { body(e.index(size / rows * rows), size % rows); });
    return;
  }
  // An unknown number of rows is left: a tile for each bit of it, the largest first.
  Value at = whole;
  for (int64_t bit = llvm::bit_floor(static_cast<uint64_t>(rows - 1)); rows > 1 && bit > 0; bit /= 2) {
    Value left = e.sub(range.end, at);
    Value hasBit = e.less(e.index(bit - 1), left);
    e.ifThen(hasBit, [&] { body(at, bit); });
    at = e.add(at, arith::SelectOp::create(e.b, e.loc, hasBit, e.index(bit), e.index(0)));
  }
}

// Floats of a cache line.
static constexpr int64_t kLine = 16;
// Bytes that wait in the second-level cache at most, next to what is being worked on.
static constexpr int64_t kMaxAheadBytes = 512 << 10;
// Fewer rows than this read columns as fast as memory gives them: the processor's own prefetching does.
static constexpr int64_t kMinAheadRows = 4;

Lookahead::Lookahead(Emitter &e, Value packed, ArrayRef<Value> next, int64_t count, int64_t steps, Value row,
                     int64_t rows, int64_t totalRows) {
  // Where many tiles share the columns, there is less than a float to read per step: too little to matter.
  if (steps <= 0 || totalRows < kMinAheadRows || count * 4 > kMaxAheadBytes ||
      count * rows < totalRows * steps)
    return;
  this->packed = packed;
  first.assign(next.begin(), next.end());
  first.back() = e.add(first.back(), e.div(e.mul(row, count), totalRows));
  perStep = llvm::divideCeil(count * rows, totalRows * steps);
}

void Lookahead::emit(Emitter &e, Value step) const {
  for (int64_t offset = 0; offset < perStep; offset += kLine) {
    SmallVector<Value> at(first);
    at.back() = e.add(e.add(at.back(), e.mul(step, perStep)), offset);
    memref::PrefetchOp::create(e.b, e.loc, packed, at, /*isWrite=*/false, /*localityHint=*/2,
                               /*isDataCache=*/true);
  }
}

Accumulators weft::cpu::multiplyTile(Emitter &e, int64_t rows, int64_t vectors, ValueRange accumulators,
                                     function_ref<Value(int64_t)> row, function_ref<Value(int64_t)> column) {
  SmallVector<Value> columns;
  for (int64_t j = 0; j < vectors; ++j)
    columns.push_back(column(j));
  Accumulators results(accumulators);
  for (int64_t r = 0; r < rows; ++r) {
    Value x = row(r);
    if (!x)
      continue;
    for (int64_t j = 0; j < vectors; ++j)
      results[r * vectors + j] = e.mulAdd(x, columns[j], results[r * vectors + j]);
  }
  return results;
}
