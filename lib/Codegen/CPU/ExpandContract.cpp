// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expands matrix products.
#include "TileProduct.h"
#include "weft/Codegen/CPU/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace weft;
using namespace weft::cpu;

namespace {

// Emits one kernel.contract.
class ContractExpander {
public:
  ContractExpander(Emitter &e, kernel::ContractOp op, bool isPlainOrder)
      : e(e), op(op), isPlainOrder(isPlainOrder),
        epilogue(e, cast<kernel::EpilogueOpInterface>(op.getOperation())),
        outShape(cast<MemRefType>(op.getInit().getType()).getShape()), isBytes(op.isBytes()),
        side{op.getLhsUnsigned(), static_cast<int64_t>(op.getZeroPoint())},
        lhs(isBytes ? viewAsWords(e, op.getLhs(), 1) : op.getLhs()),
        rhs(isBytes ? viewAsWords(e, op.getRhs(), 2) : op.getRhs()), K(e.dim(lhs, lhsRank() - 1)) {}

  LogicalResult expand();

private:
  int64_t lhsRank() { return cast<MemRefType>(op.getLhs().getType()).getRank(); }

  // Indices of an operand's batch dims for output batch indices: its last ones, 0 where it is broadcast.
  SmallVector<Value> batchIndices(Value operand, int64_t numInner, ArrayRef<Value> batch);
  // One task: rows and columns of one batch element.
  void expandTask(ArrayRef<Value> batch, Span rows, Span columns);
  // The same by vectors, and by tile registers.
  void expandVectors(ArrayRef<Value> batch, Span rows, Span columns);
  void expandTiles(ArrayRef<Value> batch, Span rows, Span columns);
  // One register tile, all at once; `first` is the first row of the task.
  void expandTile(ArrayRef<Value> batch, Value m, int64_t rows, const Columns &columns, Value first);
  // What to read ahead while that tile is computed.
  Lookahead lookAhead(ArrayRef<Value> batch, Value m, int64_t rows, const Columns &columns, Value first);
  // All rows of a task and some columns, `depth` steps at a time.
  void expandBlocks(ArrayRef<Value> batch, Span rows, const Columns &columns);
  // Adds steps [begin, end) of the contraction to a register tile, `unroll` at a time.
  Accumulators accumulate(ArrayRef<Value> batch, Value m, int64_t rows, const Columns &columns, Span steps,
                          int64_t unroll, Accumulators sums, const Lookahead &ahead = {});
  // Output indices of row r of the tile that begins at row `m`.
  static SmallVector<Value> indicesAt(Emitter &e, ArrayRef<Value> batch, Value m, int64_t r,
                                      const Columns &columns) {
    SmallVector<Value> at(batch);
    at.append({e.add(m, r), columns.begin});
    return at;
  }
  // Steps of k with accumulators of their own, for a tile of `rows`; all columns add up in one order, so that
  // equal ones stay equal.
  int64_t getUnroll(int64_t rows);
  // Converts `rows` of the lhs to f32, once for all columns of a task.
  void widenRows(ArrayRef<Value> batch, Span rows);
  // A vector or scalar of half precision as f32.
  Value widen(Value value);
  // Copies columns [n, n + panel) of a transposed rhs into `panel`.
  void packTransposed(ArrayRef<Value> batch, Value n, Value count);
  Value loadRhs(ArrayRef<Value> rhsBatch, const Columns &columns, Value k, int64_t j);
  // What the sums of a tile begin with.
  Accumulators beginTile(ArrayRef<Value> batch, int64_t rows, const Columns &columns);

  Emitter &e;
  kernel::ContractOp op;
  bool isPlainOrder;
  Epilogue epilogue;
  ArrayRef<int64_t> outShape;
  bool isBytes;
  ByteSide side;
  // The operands, bytes as words of four: K counts those.
  Value lhs, rhs, K;
  // Of bytes, where the schedule names tiles.
  std::optional<TileProduct> tiles;
  // Of a transposed rhs: the columns of the register tile at hand, [K, columns].
  Value transposedPanel;
  // Of a lhs of half precision: the rows of the task at hand in f32, [rows, K], and the first of them.
  Value wideRows, firstWideRow;
};

} // namespace

SmallVector<Value> ContractExpander::batchIndices(Value operand, int64_t numInner, ArrayRef<Value> batch) {
  auto type = cast<MemRefType>(operand.getType());
  SmallVector<Value> result;
  int64_t count = type.getRank() - numInner;
  for (auto [i, index] : llvm::enumerate(batch.take_back(count)))
    result.push_back(type.getDimSize(i) == 1 ? e.index(0) : index);
  return result;
}

Value ContractExpander::loadRhs(ArrayRef<Value> rhsBatch, const Columns &columns, Value k, int64_t j) {
  SmallVector<Value> at(rhsBatch);
  Value n = e.add(columns.begin, j * e.lanes());
  if (transposedPanel)
    return e.load(transposedPanel, {k, e.index(j * e.lanes())}, Value());
  if (op.getPanel()) {
    at.append({e.div(n, *op.getPanel()), k, e.rem(n, *op.getPanel())});
    return widen(e.load(rhs, at, Value()));
  }
  at.append({k, n});
  return widen(e.load(rhs, at, columns.mask(j)));
}

static bool isHalf(Type element) { return element.isF16() || element.isBF16(); }

Value ContractExpander::widen(Value value) {
  if (!isHalf(getElementTypeOrSelf(value.getType())))
    return value;
  Type f32 = e.b.getF32Type();
  auto vector = dyn_cast<VectorType>(value.getType());
  return arith::ExtFOp::create(e.b, e.loc, vector ? Type(vector.clone(f32)) : f32, value);
}

void ContractExpander::widenRows(ArrayRef<Value> batch, Span rows) {
  SmallVector<Value> lhsBatch = batchIndices(lhs, 2, batch);
  Value whole = e.mul(e.div(K, e.lanes()), e.lanes());
  firstWideRow = rows.begin;
  e.loop(rows.begin, rows.end, 1, [&](Value m) {
    auto at = [&](Value k) {
      SmallVector<Value> indices(lhsBatch);
      indices.append({m, k});
      return indices;
    };
    Value row = e.sub(m, firstWideRow);
    e.loop(e.index(0), whole, e.lanes(),
           [&](Value k) { e.store(widen(e.load(lhs, at(k), Value())), wideRows, {row, k}, Value()); });
    e.loop(whole, K, 1, [&](Value k) {
      Value value = widen(memref::LoadOp::create(e.b, e.loc, lhs, at(k)));
      memref::StoreOp::create(e.b, e.loc, value, wideRows, ValueRange{row, k});
    });
  });
}

Accumulators ContractExpander::beginTile(ArrayRef<Value> batch, int64_t rows, const Columns &columns) {
  if (!isBytes)
    return Accumulators(rows * columns.count, e.zeroVector());
  // The sums of the columns are behind the last step.
  SmallVector<Value> rhsBatch = batchIndices(rhs, 3, batch);
  return beginByteTile(e, rows, columns.count, side,
                       [&](int64_t j) { return loadRhs(rhsBatch, columns, K, j); });
}

int64_t ContractExpander::getUnroll(int64_t rows) {
  if (isPlainOrder)
    return 1;
  // A remainder of few rows gets the unrolling that keeps as many accumulators busy as the whole tile has.
  int64_t whole = e.sched.getRows() * e.sched.getUnroll();
  constexpr int64_t kMaxUnroll = 8;
  int64_t unroll = llvm::bit_floor(static_cast<uint64_t>(std::max<int64_t>(1, whole / rows)));
  return std::clamp<int64_t>(unroll, e.sched.getUnroll(), std::max(kMaxUnroll, e.sched.getUnroll()));
}

Accumulators ContractExpander::accumulate(ArrayRef<Value> batch, Value m, int64_t rows,
                                          const Columns &columns, Span steps, int64_t unroll,
                                          Accumulators sums, const Lookahead &ahead) {
  int64_t vectors = columns.count, count = rows * vectors;
  SmallVector<Value> lhsBatch = batchIndices(lhs, 2, batch);
  SmallVector<Value> rhsBatch = batchIndices(rhs, op.getPanel() ? 3 : 2, batch);
  // The step k of the part of the accumulators that begins at `first`.
  auto multiply = [&](Value k, ValueRange accumulators, int64_t first) {
    auto row = [&](int64_t r) {
      SmallVector<Value> at(lhsBatch);
      at.append({e.add(m, r), k});
      if (wideRows)
        at = {e.add(e.sub(m, firstWideRow), r), k};
      Value scalar = memref::LoadOp::create(e.b, e.loc, wideRows ? wideRows : lhs, at);
      return isBytes ? splatWord(e, scalar, side) : e.splat(scalar);
    };
    auto column = [&](int64_t j) { return loadRhs(rhsBatch, columns, k, j); };
    auto multiplyThem = isBytes ? multiplyByteTile : multiplyTile;
    return multiplyThem(e, rows, vectors, accumulators.slice(first, count), row, column);
  };
  std::optional<int64_t> begin = getConstantIntValue(steps.begin), end = getConstantIntValue(steps.end);
  Value whole = unroll == 1 ? steps.end
                            : e.add(steps.begin, e.mul(e.div(e.sub(steps.end, steps.begin), unroll), unroll));
  sums.resize(count * unroll, unroll == 1 ? Value() : e.zeroVector(isBytes ? e.b.getI32Type() : Type()));
  sums = e.tightLoop(steps.begin, whole, unroll, sums, [&](Value k, ValueRange carried) {
    Accumulators results;
    for (int64_t u = 0; u < unroll; ++u) {
      ahead.emit(e, e.add(k, u));
      llvm::append_range(results, multiply(e.add(k, u), carried, u * count));
    }
    return results;
  });
  for (int64_t step = unroll / 2; step > 0; step /= 2)
    for (int64_t i = 0; i < step * count; ++i)
      sums[i] = isBytes ? Value(arith::AddIOp::create(e.b, e.loc, sums[i], sums[i + step * count]))
                        : Value(arith::AddFOp::create(e.b, e.loc, sums[i], sums[i + step * count]));
  sums.resize(count);
  if (unroll > 1 && !(begin && end && (*end - *begin) % unroll == 0))
    sums = e.tightLoop(whole, steps.end, 1, sums,
                       [&](Value k, ValueRange carried) { return multiply(k, carried, 0); });
  return sums;
}

Lookahead ContractExpander::lookAhead(ArrayRef<Value> batch, Value m, int64_t rows, const Columns &columns,
                                      Value first) {
  std::optional<int64_t> depth = getConstantIntValue(K);
  ArrayRef<int64_t> parallel = e.sched.getParallel();
  int64_t M = outShape[outShape.size() - 2];
  if (!parallel.empty() && parallel[parallel.size() - 2] > 0)
    M = ShapedType::isDynamic(M) ? parallel[parallel.size() - 2] : std::min(M, parallel[parallel.size() - 2]);
  if (!op.getPanel() || !depth || ShapedType::isDynamic(M))
    return {};
  // Tiles narrower than a panel each read their part of the next one, wider ones the next panels.
  int64_t panel = *op.getPanel(), width = e.sched.getColumns();
  Value last = e.sub(e.dim(rhs, cast<MemRefType>(rhs.getType()).getRank() - 3), e.index(1));
  SmallVector<Value> next = batchIndices(rhs, 3, batch);
  next.append({e.min(e.add(e.div(columns.begin, panel), std::max<int64_t>(1, width / panel)), last),
               e.index(0), e.mul(e.rem(columns.begin, panel), *depth)});
  return Lookahead(e, rhs, next, *depth * width, *depth, e.sub(m, first), rows, M);
}

void ContractExpander::expandTile(ArrayRef<Value> batch, Value m, int64_t rows, const Columns &columns,
                                  Value first) {
  epilogue.prefetchTile(rows, columns, [&](int64_t r) { return indicesAt(e, batch, m, r, columns); });
  Accumulators sums = accumulate(batch, m, rows, columns, {e.index(0), K}, getUnroll(rows),
                                 beginTile(batch, rows, columns), lookAhead(batch, m, rows, columns, first));
  epilogue.storeTile(rows, columns, sums, [&](int64_t r) { return indicesAt(e, batch, m, r, columns); });
}

void ContractExpander::expandBlocks(ArrayRef<Value> batch, Span rows, const Columns &columns) {
  auto forTiles = [&](function_ref<void(Value, int64_t, function_ref<SmallVector<Value>(int64_t)>)> body) {
    forEachRows(e, rows, outShape[outShape.size() - 2], e.sched.getRows(), [&](Value m, int64_t count) {
      body(m, count, [&](int64_t r) { return indicesAt(e, batch, m, r, columns); });
    });
  };
  forTiles([&](Value, int64_t count, auto indices) {
    epilogue.storeSums(count, columns, Accumulators(count * columns.count, e.zeroVector()), indices);
  });
  e.loop(e.index(0), K, e.sched.getDepth(), [&](Value begin) {
    Span steps = {begin, e.min(e.add(begin, e.sched.getDepth()), K)};
    forTiles([&](Value m, int64_t count, auto indices) {
      Accumulators sums = epilogue.loadSums(count, columns, indices);
      epilogue.storeSums(count, columns, accumulate(batch, m, count, columns, steps, 1, sums), indices);
    });
  });
  forTiles([&](Value, int64_t count, auto indices) {
    epilogue.storeTile(count, columns, epilogue.loadSums(count, columns, indices), indices);
  });
}

void ContractExpander::packTransposed(ArrayRef<Value> batch, Value n, Value count) {
  SmallVector<Value> rhsBatch = batchIndices(op.getRhs(), 2, batch);
  auto at = [&](Value column, Value k) {
    SmallVector<Value> indices(rhsBatch);
    indices.append({e.add(n, column), k});
    return indices;
  };
  // Square blocks as vectors, what is left element by element.
  int64_t lanes = e.lanes();
  Value wholeColumns = e.mul(e.div(count, lanes), lanes), wholeK = e.mul(e.div(K, lanes), lanes);
  e.loop(e.index(0), wholeColumns, lanes, [&](Value column) {
    e.loop(e.index(0), wholeK, lanes, [&](Value k) {
      SmallVector<Value> block;
      for (int64_t i = 0; i < lanes; ++i)
        block.push_back(widen(e.load(op.getRhs(), at(e.add(column, i), k), Value())));
      e.transpose(block);
      for (int64_t i = 0; i < lanes; ++i)
        e.store(block[i], transposedPanel, {e.add(k, i), column}, Value());
    });
  });
  e.loop(e.index(0), count, 1, [&](Value column) {
    Value isWhole = e.less(column, wholeColumns);
    Value begin = e.b.createOrFold<arith::SelectOp>(e.loc, isWhole, wholeK, e.index(0));
    e.loop(begin, K, 1, [&](Value k) {
      Value value = widen(memref::LoadOp::create(e.b, e.loc, op.getRhs(), at(column, k)));
      memref::StoreOp::create(e.b, e.loc, value, transposedPanel, ValueRange{k, column});
    });
  });
}

void ContractExpander::expandTiles(ArrayRef<Value> batch, Span rows, Span columns) {
  SmallVector<Value> lhsBatch = batchIndices(lhs, 2, batch), rhsBatch = batchIndices(rhs, 3, batch);
  Value total = e.dim(op.getInit(), outShape.size() - 2);
  forEachColumns(e, columns, outShape.back(), e.sched.getColumns(), [&](const Columns &tile) {
    auto address = [&](Value row, Value) {
      SmallVector<Value> at(lhsBatch);
      at.append({row, e.index(0)});
      return addressOf(e, lhs, at);
    };
    auto indices = [&](Value row) { return indicesAt(e, batch, row, 0, tile); };
    tiles->expandRows(tiles->beginColumns(tile, rhsBatch), {rows, total, e.mul(K, 4), address, indices},
                      epilogue);
  });
}

// The schedule of rows that are too few for a tile: as many accumulators as products of bytes keep busy.
static sched::CPUAttr getVectorSchedule(sched::CPUAttr sched) {
  constexpr int64_t kRows = 8;
  return sched::CPUAttr::get(sched.getContext(), sched.getKernel(), /*parallel=*/{}, sched.getVector(),
                             {kRows, sched.getColumns()}, /*depth=*/0, /*unroll=*/1, sched.getFma(),
                             sched::CPUDot::vpdpbusd);
}

void ContractExpander::expandTask(ArrayRef<Value> batch, Span rows, Span columns) {
  if (!tiles)
    return expandVectors(batch, rows, columns);
  Value isEnough = e.less(e.index(tiles->rowsPerTile() - 1), e.dim(op.getInit(), outShape.size() - 2));
  auto byVectors = [&] {
    sched::CPUAttr sched = e.sched;
    e.sched = getVectorSchedule(sched);
    expandVectors(batch, rows, columns);
    e.sched = sched;
  };
  if (matchPattern(isEnough, m_One()))
    return expandTiles(batch, rows, columns);
  if (matchPattern(isEnough, m_Zero()))
    return byVectors();
  scf::IfOp::create(
      e.b, e.loc, isEnough,
      [&](OpBuilder &b, Location loc) {
        expandTiles(batch, rows, columns);
        scf::YieldOp::create(b, loc);
      },
      [&](OpBuilder &b, Location loc) {
        byVectors();
        scf::YieldOp::create(b, loc);
      });
}

void ContractExpander::expandVectors(ArrayRef<Value> batch, Span rows, Span columns) {
  int64_t M = outShape[outShape.size() - 2], N = outShape.back();
  if (wideRows)
    widenRows(batch, rows);
  forEachColumns(e, columns, N, e.sched.getColumns(), [&](const Columns &tile) {
    if (op.getRhsTransposed())
      packTransposed(batch, tile.begin,
                     e.min(e.index(tile.count * e.lanes()),
                           e.sub(e.dim(op.getInit(), outShape.size() - 1), tile.begin)));
    if (e.sched.getDepth() > 0)
      return expandBlocks(batch, rows, tile);
    forEachRows(e, rows, M, e.sched.getRows(),
                [&](Value m, int64_t count) { expandTile(batch, m, count, tile, rows.begin); });
  });
}

LogicalResult ContractExpander::expand() {
  if (op.getRhsTransposed()) {
    // Its columns past the end of the rhs hold whatever memory held: they are computed, but never stored.
    SmallVector<OpFoldResult> sizes = {getAsOpFoldResult(K), e.b.getIndexAttr(e.sched.getColumns())};
    SmallVector<int64_t> shape;
    SmallVector<Value> dynamic;
    dispatchIndexOpFoldResults(sizes, dynamic, shape);
    auto type = MemRefType::get(shape, e.b.getF32Type());
    transposedPanel = memref::AllocOp::create(e.b, e.loc, type, dynamic, e.b.getI64IntegerAttr(64));
  }
  if (isHalf(cast<MemRefType>(lhs.getType()).getElementType())) {
    // As many rows as a task has at most.
    ArrayRef<int64_t> parallel = e.sched.getParallel();
    int64_t perTask = parallel.empty() ? 0 : parallel[outShape.size() - 2], M = outShape[outShape.size() - 2];
    if (perTask > 0 && !ShapedType::isDynamic(M))
      perTask = std::min(perTask, M);
    OpFoldResult rows = perTask > 0 ? OpFoldResult(e.b.getIndexAttr(perTask))
                                    : getAsOpFoldResult(e.dim(op.getInit(), outShape.size() - 2));
    SmallVector<int64_t> shape;
    SmallVector<Value> dynamic;
    dispatchIndexOpFoldResults({rows, getAsOpFoldResult(K)}, dynamic, shape);
    auto type = MemRefType::get(shape, e.b.getF32Type());
    wideRows = memref::AllocOp::create(e.b, e.loc, type, dynamic, e.b.getI64IntegerAttr(64));
  }
  if (isBytes && e.sched.getDot() == sched::CPUDot::tdpbusd) {
    int64_t words =
        cast<MemRefType>(rhs.getType()).getDimSize(cast<MemRefType>(rhs.getType()).getRank() - 2) - 1;
    tiles.emplace(e, side, rhs, /*runs=*/1, words);
  }
  // Neighbouring tasks share rows of the left side, which stay in the cache.
  SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, outShape.size()));
  return emitTasks(e, cast<kernel::EpilogueOpInterface>(op.getOperation()), order,
                   [&](ArrayRef<Span> ranges) {
                     forEachIndex(e, ranges.drop_back(2), [&](ArrayRef<Value> batch) {
                       expandTask(SmallVector<Value>(batch), ranges[ranges.size() - 2], ranges.back());
                     });
                   });
}

LogicalResult weft::expandContract(RewriterBase &rewriter, kernel::ContractOp op, bool isPlainOrder) {
  rewriter.setInsertionPoint(op);
  Emitter e(rewriter, op.getLoc(), sched::CPUAttr::of(op));
  if (op.getPanel() && *op.getPanel() % e.lanes() != 0)
    return op.emitOpError() << "expected panels of whole vectors of " << e.lanes() << ", but got "
                            << *op.getPanel() << " [expand-kernel-ops-C4]";
  if (op.isBytes() && failed(checkBytes(op, e.sched)))
    return failure();
  if (e.sched.getDot() == sched::CPUDot::tdpbusd && *op.getPanel() % e.sched.getColumns() != 0)
    return op.emitOpError() << "expected tiles of at most " << *op.getPanel() << " columns, but got "
                            << e.sched.getColumns() << " [expand-kernel-ops-C9]";
  return ContractExpander(e, op, isPlainOrder).expand();
}
