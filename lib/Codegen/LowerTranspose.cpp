// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Transposes blocks of memory in registers.
#include "LowerTranspose.h"

#include "dialects/Sched/IR/SchedDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

// Rows of a block at most: as many vectors stay in registers, and a line of f32 is whole.
static constexpr int64_t kMaxBlock = 16;
// Sequences that are split or merged by shuffles at most: each takes as many.
static constexpr int64_t kMaxInterleaved = 4;
// Elements that the two loops must at least have between them.
static constexpr int64_t kMinElements = 64;

/// The loop that moves `map`'s last result alone, if the memref is contiguous along it.
static std::optional<unsigned> getContiguousLoop(MemRefType type, AffineMap map) {
  if (map.getNumResults() == 0 || !type.isLastDimUnitStride() || !map.isProjectedPermutation(true))
    return std::nullopt;
  auto last = dyn_cast<AffineDimExpr>(map.getResults().back());
  return last ? std::optional<unsigned>(last.getPosition()) : std::nullopt;
}

/// The stride of a memref along the dim that `loop` moves, in elements; nullopt if it is not known.
static std::optional<int64_t> getLoopStride(MemRefType type, AffineMap map, unsigned loop) {
  SmallVector<int64_t> strides;
  int64_t offset;
  std::optional<unsigned> position = map.getResultPosition(getAffineDimExpr(loop, map.getContext()));
  if (!position || failed(type.getStridesAndOffset(strides, offset)) ||
      ShapedType::isDynamic(strides[*position]))
    return std::nullopt;
  return strides[*position];
}

/// Whether vectors of `element` lie in memory as its scalars do.
static bool hasPlainVectors(Type element) {
  return element.isIntOrFloat() && element.getIntOrFloatBitWidth() >= 8 &&
         llvm::isPowerOf2_32(element.getIntOrFloatBitWidth()) && element.getIntOrFloatBitWidth() <= 64;
}

namespace {

/// Emits one op. "Rows" are iterations of the loop along which the destination is contiguous: the source has
/// a vector for each. "Columns" are those of the source's.
class TransposeEmitter {
public:
  TransposeEmitter(RewriterBase &b, linalg::LinalgOp op, unsigned rowLoop, unsigned columnLoop,
                   int64_t vectorBytes)
      : b(b), op(op), loc(op.getLoc()), source(op.getDpsInputOperand(0)), target(op.getDpsInitOperand(0)),
        element(cast<MemRefType>(source->get().getType()).getElementType()), rowLoop(rowLoop),
        columnLoop(columnLoop), ivs(op.getNumLoops()) {
    sched::CPUAttr sched = sched::CPUAttr::of(op);
    int64_t bytes = sched && sched.getVector() > 0 ? sched.getVector() * 4 : vectorBytes;
    block = std::clamp<int64_t>(bytes * 8 / element.getIntOrFloatBitWidth(), 2, kMaxBlock);
  }

  /// Whether one of the loops is so short, and the other so dense, that `block` iterations of the long one
  /// are a few whole vectors on one side.
  bool isInterleaving() {
    SmallVector<int64_t> counts = op.getStaticLoopRanges();
    auto isNarrow = [&](unsigned narrow, unsigned wide, OpOperand *dense) {
      auto type = cast<MemRefType>(dense->get().getType());
      return ShapedType::isStatic(counts[narrow]) && counts[narrow] <= kMaxInterleaved &&
             ShapedType::isStatic(counts[wide]) && counts[wide] >= block &&
             getLoopStride(type, op.getMatchingIndexingMap(dense), wide) == counts[narrow];
    };
    splits = isNarrow(columnLoop, rowLoop, source);
    merges = !splits && isNarrow(rowLoop, columnLoop, target);
    return splits || merges;
  }

  void run(ArrayRef<unsigned> order) {
    b.setInsertionPoint(op);
    for (Range range : op.createLoopRanges(b, loc))
      sizes.push_back(range.size);
    for (unsigned dim : order)
      if (dim != rowLoop && dim != columnLoop)
        ivs[dim] = enterLoop(index(0), getValueOrCreateConstantIndexOp(b, loc, sizes[dim]), 1);
    std::optional<int64_t> rows = getConstantIntValue(sizes[rowLoop]),
                           columns = getConstantIntValue(sizes[columnLoop]);
    if (isInterleaving())
      emitInterleaved(splits ? *columns : *rows, splits ? *rows : *columns);
    else if (rows && columns)
      emitStatic(*rows, *columns);
    else
      emitDynamic();
  }

private:
  Value index(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }
  Value add(Value x, int64_t y) { return b.createOrFold<arith::AddIOp>(loc, x, index(y)); }

  Value enterLoop(Value lower, Value upper, int64_t step) {
    auto loop = scf::ForOp::create(b, loc, lower, upper, index(step));
    b.setInsertionPointToStart(loop.getBody());
    return loop.getInductionVar();
  }

  /// Blocks of `block` rows and columns, and those that are left on either side, whose sizes are known.
  void emitStatic(int64_t rows, int64_t columns) {
    forEachPart(columns, [&](Value column, int64_t width) {
      forEachPart(rows, [&](Value row, int64_t height) { emitBlock(row, column, height, width); });
    });
  }

  void forEachPart(int64_t size, function_ref<void(Value, int64_t)> body) {
    int64_t whole = size / block * block;
    if (whole > 0) {
      OpBuilder::InsertionGuard guard(b);
      Value begin = whole == block ? index(0) : enterLoop(index(0), index(whole), block);
      body(begin, block);
    }
    if (whole < size)
      body(index(whole), size - whole);
  }

  /// Whole blocks; what is left goes element by element.
  void emitDynamic() {
    auto whole = [&](Value size) {
      Value count = arith::DivUIOp::create(b, loc, size, index(block));
      return arith::MulIOp::create(b, loc, count, index(block)).getResult();
    };
    Value zero = index(0), rows = getValueOrCreateConstantIndexOp(b, loc, sizes[rowLoop]),
          columns = getValueOrCreateConstantIndexOp(b, loc, sizes[columnLoop]);
    Value wholeRows = whole(rows), wholeColumns = whole(columns);
    {
      OpBuilder::InsertionGuard guard(b);
      Value column = enterLoop(zero, wholeColumns, block), row = enterLoop(zero, wholeRows, block);
      emitBlock(row, column, block, block);
    }
    emitElements(zero, wholeRows, wholeColumns, columns);
    emitElements(wholeRows, rows, zero, columns);
  }

  /// `count` sequences of `length` elements, apart on one side, taking turns on the other.
  void emitInterleaved(int64_t count, int64_t length) {
    int64_t whole = length / block * block;
    auto type = VectorType::get({block}, element);
    auto at = [&](OpOperand *operand, Value place, int64_t sequence) {
      return splits ? indicesOf(operand, place, index(sequence)) : indicesOf(operand, index(sequence), place);
    };
    // Vector number i of those that lie one behind the other.
    auto denseAt = [&](OpOperand *operand, Value place, int64_t i) {
      return at(operand, add(place, i * block / count), i * block % count);
    };
    {
      OpBuilder::InsertionGuard guard(b);
      Value place = enterLoop(index(0), index(whole), block);
      SmallVector<Value> from;
      for (int64_t i = 0; i < count; ++i)
        from.push_back(vector::LoadOp::create(b, loc, type, source->get(),
                                              splits ? denseAt(source, place, i) : at(source, place, i)));
      for (int64_t i = 0; i < count; ++i) {
        // Where in the vectors that were loaded each element of this one is.
        SmallVector<std::pair<int64_t, int64_t>> lanes;
        for (int64_t lane = 0; lane < block; ++lane) {
          int64_t number = splits ? lane * count + i : i * block + lane;
          lanes.push_back(splits ? std::pair(number / block, number % block)
                                 : std::pair(number % count, number / count));
        }
        Value vector = collect(from, lanes);
        vector::StoreOp::create(b, loc, vector, target->get(),
                                splits ? at(target, place, i) : denseAt(target, place, i));
      }
    }
    if (whole == length)
      return;
    Value begin = index(whole), end = index(length), zero = index(0), all = index(count);
    if (splits)
      emitElements(begin, end, zero, all);
    else
      emitElements(zero, all, begin, end);
  }

  /// A vector of the elements (vector, lane) of `from`.
  Value collect(ArrayRef<Value> from, ArrayRef<std::pair<int64_t, int64_t>> lanes) {
    Value result = from.front();
    for (size_t i = 1; i < from.size(); ++i) {
      SmallVector<int64_t> mask;
      for (auto [lane, place] : llvm::enumerate(lanes)) {
        int64_t before = i == 1 && place.first == 0 ? place.second : static_cast<int64_t>(lane);
        mask.push_back(place.first == static_cast<int64_t>(i) ? block + place.second : before);
      }
      result = vector::ShuffleOp::create(b, loc, result, from[i], mask);
    }
    return result;
  }

  void emitElements(Value rowBegin, Value rowEnd, Value columnBegin, Value columnEnd) {
    OpBuilder::InsertionGuard guard(b);
    Value row = enterLoop(rowBegin, rowEnd, 1), column = enterLoop(columnBegin, columnEnd, 1);
    Value value = memref::LoadOp::create(b, loc, source->get(), indicesOf(source, row, column));
    memref::StoreOp::create(b, loc, value, target->get(), indicesOf(target, row, column));
  }

  void emitBlock(Value row, Value column, int64_t height, int64_t width) {
    auto type = VectorType::get({block}, element);
    SmallVector<Value> vectors(block, arith::ConstantOp::create(b, loc, b.getZeroAttr(type)));
    for (int64_t i = 0; i < height; ++i)
      vectors[i] = load(indicesOf(source, add(row, i), column), width, vectors[i]);
    transpose(vectors);
    for (int64_t i = 0; i < width; ++i)
      store(vectors[i], indicesOf(target, row, add(column, i)), height);
  }

  SmallVector<Value> indicesOf(OpOperand *operand, Value row, Value column) {
    ivs[rowLoop] = row;
    ivs[columnLoop] = column;
    SmallVector<Value> indices;
    for (AffineExpr expr : op.getMatchingIndexingMap(operand).getResults()) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      indices.push_back(dim ? ivs[dim.getPosition()] : index(0));
    }
    return indices;
  }

  /// Calls `body` with the offset and length, a power of two, of parts that make up `count` elements.
  static void forEachPiece(int64_t count, function_ref<void(int64_t, int64_t)> body) {
    for (int64_t offset = 0; offset < count;) {
      int64_t length = llvm::bit_floor(static_cast<uint64_t>(count - offset));
      body(offset, length);
      offset += length;
    }
  }

  /// `count` elements in the first lanes of `rest`.
  Value load(SmallVector<Value> at, int64_t count, Value rest) {
    Value last = at.back(), result = rest;
    forEachPiece(count, [&](int64_t offset, int64_t length) {
      at.back() = add(last, offset);
      Value piece =
          vector::LoadOp::create(b, loc, VectorType::get({length}, element), source->get(), at).getResult();
      if (length == block) {
        result = piece;
        return;
      }
      result =
          vector::InsertStridedSliceOp::create(b, loc, piece, result, ArrayRef{offset}, ArrayRef<int64_t>{1});
    });
    return result;
  }

  void store(Value value, SmallVector<Value> at, int64_t count) {
    Value last = at.back();
    forEachPiece(count, [&](int64_t offset, int64_t length) {
      at.back() = add(last, offset);
      Value piece = length == block
                        ? value
                        : vector::ExtractStridedSliceOp::create(b, loc, value, ArrayRef{offset},
                                                                ArrayRef{length}, ArrayRef<int64_t>{1})
                              .getResult();
      vector::StoreOp::create(b, loc, piece, target->get(), at);
    });
  }

  /// Swaps the off-diagonal quarters of blocks, from the largest to the smallest.
  void transpose(MutableArrayRef<Value> vectors) {
    for (int64_t size = block / 2; size > 0; size /= 2) {
      SmallVector<int64_t> upper, lower;
      for (int64_t lane = 0; lane < block; ++lane) {
        upper.push_back(lane & size ? block + lane - size : lane);
        lower.push_back(lane & size ? block + lane : lane + size);
      }
      for (int64_t i = 0; i < block; ++i) {
        if (i & size)
          continue;
        Value first = vectors[i], second = vectors[i + size];
        vectors[i] = vector::ShuffleOp::create(b, loc, first, second, upper);
        vectors[i + size] = vector::ShuffleOp::create(b, loc, first, second, lower);
      }
    }
  }

  RewriterBase &b;
  linalg::LinalgOp op;
  Location loc;
  OpOperand *source, *target;
  Type element;
  unsigned rowLoop, columnLoop;
  SmallVector<Value> ivs;
  SmallVector<OpFoldResult> sizes;
  int64_t block;
  /// One side has the rows, or the columns, of several sequences take turns.
  bool splits = false, merges = false;
};

} // namespace

bool weft::lowerTranspose(RewriterBase &rewriter, linalg::LinalgOp op, ArrayRef<unsigned> order,
                          int64_t vectorBytes) {
  if (op.getNumReductionLoops() != 0 || op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 ||
      op.getBlock()->getTerminator()->getOperand(0) != op.getBlock()->getArgument(0))
    return false;
  OpOperand *source = op.getDpsInputOperand(0), *target = op.getDpsInitOperand(0);
  auto from = dyn_cast<MemRefType>(source->get().getType()),
       to = dyn_cast<MemRefType>(target->get().getType());
  if (!from || !to || from.getElementType() != to.getElementType() || !hasPlainVectors(from.getElementType()))
    return false;
  std::optional<unsigned> column = getContiguousLoop(from, op.getMatchingIndexingMap(source)),
                          row = getContiguousLoop(to, op.getMatchingIndexingMap(target));
  if (!row || !column || *row == *column || !op.getMatchingIndexingMap(source).isFunctionOfDim(*row) ||
      !op.getMatchingIndexingMap(target).isFunctionOfDim(*column))
    return false;
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  bool isStatic = ShapedType::isStatic(sizes[*row]) && ShapedType::isStatic(sizes[*column]);
  if (isStatic && (sizes[*row] < 2 || sizes[*column] < 2 || sizes[*row] * sizes[*column] < kMinElements))
    return false;
  TransposeEmitter(rewriter, op, *row, *column, vectorBytes).run(order);
  rewriter.eraseOp(op);
  return true;
}
