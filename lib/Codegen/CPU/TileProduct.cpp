// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits products of bytes with the tile instructions of AMX.
#include "TileProduct.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace weft::cpu;

// Words of a row of a tile, and columns of one.
static constexpr int64_t kTileWords = 16;
// Rows whose epilogue is emitted at once.
static constexpr int64_t kDrainRows = 8;

Value weft::cpu::addressOf(Emitter &e, Value memref, ArrayRef<Value> indices) {
  auto type = cast<MemRefType>(memref.getType());
  Value offset = e.index(0);
  for (auto [i, index] : llvm::enumerate(indices))
    offset = e.add(e.mul(offset, e.dim(memref, i)), index);
  Value base = memref::ExtractAlignedPointerAsIndexOp::create(e.b, e.loc, memref);
  return e.add(base, e.mul(offset, type.getElementTypeBitWidth() / 8));
}

static Value pointerTo(Emitter &e, Value address) {
  Value bits = arith::IndexCastOp::create(e.b, e.loc, e.b.getI64Type(), address);
  return LLVM::IntToPtrOp::create(e.b, e.loc, LLVM::LLVMPointerType::get(e.b.getContext()), bits);
}

static Value i16(Emitter &e, int64_t value) {
  return arith::ConstantOp::create(e.b, e.loc, e.b.getI16IntegerAttr(static_cast<int16_t>(value)));
}

static Value strideOf(Emitter &e, Value bytes) {
  return arith::IndexCastOp::create(e.b, e.loc, e.b.getI64Type(), bytes);
}

static Value callTile(Emitter &e, StringRef name, ValueRange operands) {
  return LLVM::CallIntrinsicOp::create(e.b, e.loc, LLVM::LLVMX86AMXType::get(e.b.getContext()),
                                       e.b.getStringAttr(name), operands)
      .getResult(0);
}

TileProduct::TileProduct(Emitter &e, const ByteSide &side, Value rhs, int64_t runs, int64_t words)
    : e(e), side{/*isUnsigned=*/true, side.zeroPoint}, isUnsigned(side.isUnsigned), rhs(rhs), runs(runs),
      words(words), panel(cast<MemRefType>(rhs.getType()).getShape().back()) {
  int64_t rows = e.sched.getRows();
  height = rows > 16 ? 2 : 1;
  tileRows = rows / height;
  // Steps of equal length, or whole ones and what is left.
  int64_t steps = llvm::divideCeil(words, kTileWords);
  step = words % steps == 0 ? words / steps : kTileWords;
  rest = words % step;
  auto allocate = [&](ArrayRef<int64_t> shape) {
    auto type = MemRefType::get(shape, e.b.getI32Type());
    return memref::AllocOp::create(e.b, e.loc, type, ValueRange(), e.b.getI64IntegerAttr(64));
  };
  sums = allocate({rows, e.sched.getColumns()});
  if (rest > 0)
    rests = allocate({runs, step, e.sched.getColumns()});
}

TileProduct::Block TileProduct::beginColumns(const Columns &columns, ArrayRef<Value> batch) {
  Value inPanel = e.rem(columns.begin, panel);
  auto at = [&](Value word, int64_t j) {
    SmallVector<Value> indices(batch);
    indices.append({e.div(columns.begin, panel), word, e.add(inPanel, j * e.lanes())});
    return indices;
  };
  auto loadWord = [&](Value word, int64_t j) { return e.load(rhs, at(word, j), Value()); };
  Block block = {columns, addressOf(e, rhs, at(e.index(0), 0)), {}};
  // The sums of the columns are behind the last step.
  block.first =
      beginByteTile(e, 1, columns.count, side, [&](int64_t j) { return loadWord(e.index(runs * words), j); });
  if (rest == 0)
    return block;
  e.loop(e.index(0), e.index(runs), 1, [&](Value run) {
    auto storeWord = [&](Value value, Value row, int64_t j) {
      e.store(value, rests, {run, row, e.index(j * e.lanes())}, Value());
    };
    for (int64_t j = 0; j < columns.count; ++j) {
      e.loop(e.index(0), e.index(step - rest), 1,
             [&](Value row) { storeWord(e.zeroVector(e.b.getI32Type()), row, j); });
      Value first = e.add(e.mul(run, words), words - step);
      e.loop(e.index(step - rest), e.index(step), 1,
             [&](Value row) { storeWord(loadWord(e.add(first, row), j), row, j); });
    }
  });
  return block;
}

Value TileProduct::load(int64_t rows, int64_t bytes, Value address, Value stride, bool isUsedOnce) {
  StringRef name = isUsedOnce ? "llvm.x86.tileloaddt164.internal" : "llvm.x86.tileloadd64.internal";
  return callTile(e, name, {i16(e, rows), i16(e, bytes), pointerTo(e, address), stride});
}

Accumulators TileProduct::addStep(const Block &block, ValueRange tiles, ArrayRef<Value> lhs, Value rowBytes,
                                  Value rhs, int64_t rhsRowBytes) {
  int64_t width = block.columns.count;
  SmallVector<Value> columns;
  Value rhsStride = strideOf(e, e.index(rhsRowBytes)), lhsStride = strideOf(e, rowBytes);
  for (int64_t j = 0; j < width; ++j)
    columns.push_back(
        load(step, kTileWords * 4, e.add(rhs, j * kTileWords * 4), rhsStride, /*isUsedOnce=*/false));
  StringRef name = isUnsigned ? "llvm.x86.tdpbusd.internal" : "llvm.x86.tdpbssd.internal";
  Accumulators results(tiles);
  for (int64_t p = 0; p < height; ++p) {
    // Rows pass by while the columns stay: they need not stay in the first-level cache.
    Value row = load(tileRows, step * 4, lhs[p], lhsStride, /*isUsedOnce=*/true);
    for (int64_t j = 0; j < width; ++j)
      results[p * width + j] = callTile(e, name,
                                        {i16(e, tileRows), i16(e, kTileWords * 4), i16(e, step * 4),
                                         results[p * width + j], row, columns[j]});
  }
  return results;
}

Accumulators TileProduct::addRun(const Block &block, const Rows &rows, ArrayRef<Value> begins, Value run,
                                 ValueRange tiles) {
  SmallVector<Value> lhs;
  for (Value begin : begins)
    lhs.push_back(rows.lhs(begin, run));
  auto lhsAt = [&](Value word) {
    SmallVector<Value> addresses;
    for (Value address : lhs)
      addresses.push_back(e.add(address, e.mul(word, 4)));
    return addresses;
  };
  Value first = e.add(block.rhs, e.mul(run, words * panel * 4));
  Accumulators results =
      e.tightLoop(e.index(0), e.index(words - rest), step, tiles, [&](Value k, ValueRange carried) {
        return addStep(block, carried, lhsAt(k), rows.rowBytes, e.add(first, e.mul(k, panel * 4)), panel * 4);
      });
  if (rest == 0)
    return results;
  return addStep(block, results, lhsAt(e.index(words - step)), rows.rowBytes,
                 addressOf(e, rests, {run, e.index(0), e.index(0)}), e.sched.getColumns() * 4);
}

void TileProduct::storeSums(const Block &block, ValueRange tiles) {
  int64_t width = block.columns.count;
  Value stride = strideOf(e, e.index(e.sched.getColumns() * 4));
  for (int64_t p = 0; p < height; ++p)
    for (int64_t j = 0; j < width; ++j) {
      Value address = addressOf(e, sums, {e.index(p * tileRows), e.index(j * kTileWords)});
      LLVM::CallIntrinsicOp::create(e.b, e.loc, e.b.getStringAttr("llvm.x86.tilestored64.internal"),
                                    ValueRange{i16(e, tileRows), i16(e, kTileWords * 4),
                                               pointerTo(e, address), stride, tiles[p * width + j]});
    }
}

void TileProduct::drain(const Block &block, const Rows &rows, Value begin, Epilogue &epilogue) {
  const Columns &columns = block.columns;
  // Row `row` of the output, whose sums are in row `at` of the buffer, and those behind it.
  auto store = [&](Value row, Value at, int64_t count) {
    Accumulators accumulators;
    for (int64_t r = 0; r < count; ++r)
      for (int64_t j = 0; j < columns.count; ++j) {
        Value sum = e.load(sums, {e.add(at, r), e.index(j * e.lanes())}, Value());
        accumulators.push_back(e.b.createOrFold<arith::AddIOp>(e.loc, sum, block.first[j]));
      }
    epilogue.storeTile(count, columns, accumulators, [&](int64_t r) { return rows.indices(e.add(row, r)); });
  };
  std::optional<int64_t> total = getConstantIntValue(rows.total);
  e.loop(e.index(0), e.index(height), 1, [&](Value tile) {
    Value inBuffer = e.mul(tile, tileRows), first = e.add(begin, inBuffer);
    e.ifThen(e.less(first, rows.range.end), [&] {
      // Each tile is whole or has no rows.
      if (total && *total % tileRows == 0)
        return forEachRows(e, {e.index(0), e.index(tileRows)}, tileRows, kDrainRows,
                           [&](Value r, int64_t n) { store(e.add(first, r), e.add(inBuffer, r), n); });
      Value end = e.min(e.add(first, tileRows), rows.range.end);
      Value before = e.sub(first, e.min(first, e.sub(rows.total, e.index(tileRows))));
      Value shift = e.sub(e.add(inBuffer, before), first);
      forEachRows(e, {first, end}, ShapedType::kDynamic, kDrainRows,
                  [&](Value row, int64_t n) { store(row, e.add(row, shift), n); });
    });
  });
}

void TileProduct::expandRows(const Block &block, const Rows &rows, Epilogue &epilogue) {
  e.loop(rows.range.begin, rows.range.end, height * tileRows, [&](Value begin) {
    SmallVector<Value> begins;
    for (int64_t p = 0; p < height; ++p)
      begins.push_back(e.min(e.add(begin, p * tileRows), e.sub(rows.total, e.index(tileRows))));
    Accumulators tiles;
    for (int64_t i = 0; i < height * block.columns.count; ++i)
      tiles.push_back(callTile(e, "llvm.x86.tilezero.internal", {i16(e, tileRows), i16(e, kTileWords * 4)}));
    if (runs == 1)
      tiles = addRun(block, rows, begins, e.index(0), tiles);
    else
      tiles = e.tightLoop(e.index(0), e.index(runs), 1, tiles, [&](Value run, ValueRange carried) {
        return addRun(block, rows, begins, run, carried);
      });
    storeSums(block, tiles);
    drain(block, rows, begin, epilogue);
  });
}
