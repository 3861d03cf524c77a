// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expands convolutions with packed filters: a matrix product whose rows are neighbouring output pixels.
#include "Window.h"
#include "weft/Codegen/CPU/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace weft;
using namespace weft::cpu;

namespace {

// Emits one kernel.conv. Rows of a register tile are pixels along the innermost spatial dim ("x"), columns
// are filters.
class ConvExpander {
public:
  ConvExpander(Emitter &e, kernel::ConvOp op)
      : e(e), op(op), epilogue(e, cast<kernel::EpilogueOpInterface>(op.getOperation())), G(op.getGroups()),
        C(cast<MemRefType>(op.getInput().getType()).getShape().back()),
        F(cast<MemRefType>(op.getInit().getType()).getShape().back()),
        x(getWindowAxis(op, op.getNumSpatialDims() - 1)) {}

  LogicalResult expand();

private:
  // Where a register tile lies: outer indices [n] or [n, y], group, first pixel, number of pixels.
  struct Tile {
    SmallVector<Value> outer;
    Value group, pixel;
    int64_t rows;
  };

  void expandGroup(ArrayRef<Span> outer, Value group, Span pixels, Span columns);
  void expandTile(const Tile &tile, const Taps &taps, const Columns &columns);
  // Adds the taps of one row of the window; `tapY` is null in one dim.
  Accumulators addWindowRow(const Tile &tile, const Taps &taps, const Columns &columns, Value tapY,
                            ValueRange accumulators);
  // Adds `length` products from input offset `inBegin` (of row 0) and filter row `filterBegin` on. Rows for
  // which `isUsed` is false are left out; those with a `guard` count only where it holds.
  Accumulators addRun(const Tile &tile, const Columns &columns, Value tapY, Value inBegin, Value filterBegin,
                      int64_t length, ValueRange accumulators, function_ref<bool(int64_t)> isUsed,
                      ArrayRef<Value> guards);

  Emitter &e;
  kernel::ConvOp op;
  Epilogue epilogue;
  int64_t G, C, F;
  WindowAxis x;
  // The input with its innermost spatial dim and channels as one, so that a window's row is one run.
  Value input;
};

} // namespace

Accumulators ConvExpander::addRun(const Tile &tile, const Columns &columns, Value tapY, Value inBegin,
                                  Value filterBegin, int64_t length, ValueRange accumulators,
                                  function_ref<bool(int64_t)> isUsed, ArrayRef<Value> guards) {
  SmallVector<Value> at = tile.outer;
  if (tapY)
    at.back() = getInputPixel(e, getWindowAxis(op, 0), tile.outer.back(), tapY);
  at.push_back(Value());
  Value last = guards.empty() ? Value() : e.sub(e.dim(input, at.size() - 1), e.index(1));
  return e.tightLoop(e.index(0), e.index(length), 1, accumulators, [&](Value k, ValueRange carried) {
    return multiplyTile(
        e, tile.rows, columns.count, carried,
        [&](int64_t r) -> Value {
          if (!isUsed(r))
            return {};
          at.back() = e.add(e.add(inBegin, k), r * x.stride * C);
          if (guards.empty())
            return e.splat(memref::LoadOp::create(e.b, e.loc, input, at));
          at.back() = e.min(e.max(at.back(), e.index(0)), last);
          Value value = memref::LoadOp::create(e.b, e.loc, input, at);
          Value zero = arith::ConstantOp::create(e.b, e.loc, e.b.getF32FloatAttr(0));
          return e.splat(arith::SelectOp::create(e.b, e.loc, guards[r], value, zero));
        },
        [&](int64_t j) {
          Value n = e.add(columns.begin, j * e.lanes());
          return e.load(op.getFilter(),
                        {tile.group, e.div(n, op.getPanel()), e.add(filterBegin, k), e.rem(n, op.getPanel())},
                        Value());
        });
  });
}

Accumulators ConvExpander::addWindowRow(const Tile &tile, const Taps &taps, const Columns &columns,
                                        Value tapY, ValueRange accumulators) {
  int64_t perGroup = C / G;
  Value filterRow = tapY ? e.mul(tapY, x.kernel * perGroup) : e.index(0);
  Value groupBegin = G == 1 ? e.index(0) : e.mul(tile.group, perGroup);
  // The run of tap `tapX`: its input offset and its filter row.
  auto inBegin = [&](Value tapX) {
    return e.add(e.mul(getInputPixel(e, x, tile.pixel, tapX), C), groupBegin);
  };
  auto filterBegin = [&](Value tapX) { return e.add(filterRow, e.mul(tapX, perGroup)); };
  auto always = [](int64_t) { return true; };

  if (taps.kind == Taps::Kind::Inside && x.dilation == 1 && G == 1)
    return addRun(tile, columns, tapY, inBegin(e.index(0)), filterRow, x.kernel * C, accumulators, always,
                  {});
  if (taps.kind == Taps::Kind::Inside && x.kernel > 1)
    return e.tightLoop(e.index(0), e.index(x.kernel), 1, accumulators, [&](Value tapX, ValueRange carried) {
      return addRun(tile, columns, tapY, inBegin(tapX), filterBegin(tapX), perGroup, carried, always, {});
    });
  if (taps.kind != Taps::Kind::Unknown) {
    Accumulators sums(accumulators);
    // Neighbouring taps that reach the same rows make one run.
    bool canMerge = x.dilation == 1 && G == 1;
    for (int64_t tap = 0, next; tap < x.kernel; tap = next) {
      auto isUsed = [&](int64_t r) { return taps.isInside(r, tap); };
      auto isAlike = [&](int64_t other) {
        return llvm::all_of(llvm::seq<int64_t>(0, tile.rows),
                            [&](int64_t r) { return taps.isInside(r, tap) == taps.isInside(r, other); });
      };
      for (next = tap + 1; canMerge && next < x.kernel && isAlike(next);)
        ++next;
      if (llvm::any_of(llvm::seq<int64_t>(0, tile.rows), isUsed))
        sums = addRun(tile, columns, tapY, inBegin(e.index(tap)), filterBegin(e.index(tap)),
                      (next - tap) * perGroup, sums, isUsed, {});
    }
    return sums;
  }
  Value size = e.dim(op.getInput(), op.getNumSpatialDims());
  return e.tightLoop(e.index(0), e.index(x.kernel), 1, accumulators, [&](Value tapX, ValueRange carried) {
    SmallVector<Value> guards;
    for (int64_t r = 0; r < tile.rows; ++r) {
      Value pixel = getInputPixel(e, x, e.add(tile.pixel, r), tapX);
      guards.push_back(arith::AndIOp::create(e.b, e.loc, e.less(e.index(-1), pixel), e.less(pixel, size)));
    }
    return addRun(tile, columns, tapY, inBegin(tapX), filterBegin(tapX), perGroup, carried, always, guards);
  });
}

void ConvExpander::expandTile(const Tile &tile, const Taps &taps, const Columns &columns) {
  Accumulators sums(tile.rows * columns.count, e.zeroVector());
  if (op.getNumSpatialDims() == 1) {
    sums = addWindowRow(tile, taps, columns, Value(), sums);
  } else {
    Span inside = getInsideTaps(e, getWindowAxis(op, 0), tile.outer.back(), e.dim(op.getInput(), 1));
    sums = e.tightLoop(inside.begin, inside.end, 1, sums, [&](Value tapY, ValueRange carried) {
      return addWindowRow(tile, taps, columns, tapY, carried);
    });
  }
  Value firstColumn = G == 1 ? columns.begin : e.add(e.mul(tile.group, F / G), columns.begin);
  epilogue.storeTile(tile.rows, columns, sums, [&](int64_t r) {
    SmallVector<Value> at(tile.outer);
    at.append({e.add(tile.pixel, r), firstColumn});
    return at;
  });
}

void ConvExpander::expandGroup(ArrayRef<Span> outer, Value group, Span pixels, Span columns) {
  // Filters are outside of rows: a panel stays in the cache while rows of the input pass by.
  forEachColumns(e, columns, F / G, e.sched.getColumns(), [&](const Columns &tileColumns) {
    forEachIndex(e, outer.drop_front(), [&](ArrayRef<Value> y) {
      forEachWindowRows(e, pixels, x, e.sched.getRows(), [&](Value pixel, int64_t rows, const Taps &taps) {
        Tile tile = {{outer.front().begin}, group, pixel, rows};
        llvm::append_range(tile.outer, y);
        expandTile(tile, taps, tileColumns);
      });
    });
  });
}

LogicalResult ConvExpander::expand() {
  int64_t spatial = op.getNumSpatialDims();
  ArrayRef<int64_t> parallel = e.sched.getParallel();
  if (G > 1 && !parallel.empty() && parallel.back() != 0)
    return op.emitOpError()
           << "expected the channels of a grouped convolution whole in a task, but got tiles of "
           << parallel.back() << " [expand-kernel-ops-C6]";
  SmallVector<ReassociationIndices> groups;
  for (int64_t i = 0; i < spatial; ++i)
    groups.push_back({i});
  groups.push_back({spatial, spatial + 1});
  input = memref::CollapseShapeOp::create(e.b, e.loc, op.getInput(), groups);
  return emitTasks(e, cast<kernel::EpilogueOpInterface>(op.getOperation()), [&](ArrayRef<Span> ranges) {
    Span pixels = ranges[spatial], columns = ranges.back();
    forEachIndex(e, ranges.front(), [&](ArrayRef<Value> n) {
      SmallVector<Span> outer(ranges.take_front(spatial));
      outer.front() = {n.front(), Value()};
      if (G == 1)
        return expandGroup(outer, e.index(0), pixels, columns);
      e.loop(e.index(0), e.index(G), 1,
             [&](Value group) { expandGroup(outer, group, pixels, {e.index(0), e.index(F / G)}); });
    });
  });
}

// Whether a window op's input and filter are dense, so that runs cross pixels.
static LogicalResult checkDense(Operation *op) {
  for (Value operand : op->getOperands().take_front(2))
    if (!cast<MemRefType>(operand.getType()).getLayout().isIdentity())
      return op->emitOpError() << "expected dense operands, but got " << operand.getType()
                               << " [expand-kernel-ops-C5]";
  return success();
}

LogicalResult weft::expandConv(RewriterBase &rewriter, kernel::ConvOp op) {
  rewriter.setInsertionPoint(op);
  Emitter e(rewriter, op.getLoc(), sched::CPUAttr::of(op));
  if (failed(checkDense(op)))
    return failure();
  if (op.getPanel() % e.lanes() != 0)
    return op.emitOpError() << "expected panels of whole vectors of " << e.lanes() << ", but got "
                            << op.getPanel() << " [expand-kernel-ops-C4]";
  return ConvExpander(e, op).expand();
}
