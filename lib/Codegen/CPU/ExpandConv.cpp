// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expands convolutions with packed filters: a matrix product whose rows are neighbouring output pixels.
#include "ByteProduct.h"
#include "ExpandConvTiles.h"
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
// are filters. The contracted dim of one row of the window runs over taps and channels, channels fastest: its
// steps are numbered so. Which row of the window it is, a tap along each outer spatial dim ("z", "y") says.
class ConvExpander {
public:
  ConvExpander(Emitter &e, kernel::ConvOp op)
      : e(e), op(op), epilogue(e, cast<kernel::EpilogueOpInterface>(op.getOperation())),
        spatial(op.getNumSpatialDims()), G(op.getGroups()), isBytes(op.isBytes()),
        side{op.getInputUnsigned(), static_cast<int64_t>(op.getZeroPoint())},
        C(cast<MemRefType>(op.getInput().getType()).getShape().back() / (isBytes ? 4 : 1)),
        F(cast<MemRefType>(op.getInit().getType()).getShape().back()), x(getWindowAxis(op, spatial - 1)),
        stepsPerRow(x.kernel * (C / G)) {
    for (int64_t i = 0; i + 1 < spatial; ++i)
      outerAxes.push_back(getWindowAxis(op, i));
  }

  LogicalResult expand();

private:
  // Where a register tile lies: outer indices [n, (z,) (y)], group, first pixel, number of pixels.
  struct Tile {
    SmallVector<Value> outer;
    Value group, pixel;
    int64_t rows;
    // Pixels of the task before it.
    Value before;
  };
  // What a task computes of one image and group.
  struct Task {
    Value image, group;
    // The outer spatial dims.
    SmallVector<Span> lines;
    Span pixels;
  };

  void expandTask(const Task &task, const Columns &columns);
  // All pixels of a task and some columns, `depth` steps at a time.
  void expandBlocks(const Task &task, const Columns &columns);
  void forEachTile(const Task &task, function_ref<void(const Tile &, const Taps &)> body);
  // Taps of the outer spatial dims that read the input.
  SmallVector<Span> getWindowRows(const Tile &tile);
  // Which row of the window it is: the taps as one number.
  Value getRowNumber(ArrayRef<Value> outerTaps);
  // Adds steps of one row of the window.
  Accumulators addWindowRow(const Tile &tile, const Taps &taps, const Columns &columns,
                            ArrayRef<Value> outerTaps, Span steps, ValueRange accumulators);
  // Adds all rows of the window in `rows`, of which `outerTaps` gives the first taps.
  Accumulators addWindow(const Tile &tile, const Taps &taps, const Columns &columns, ArrayRef<Span> rows,
                         SmallVectorImpl<Value> &outerTaps, ValueRange accumulators);
  // Adds steps, step k at input offset `inBase + k` of row 0. Rows for which `isUsed` is false are left out;
  // with `guards`, rows count only where theirs holds.
  Accumulators addRun(const Tile &tile, const Columns &columns, ArrayRef<Value> outerTaps, Value inBase,
                      Span steps, ValueRange accumulators, function_ref<bool(int64_t)> isUsed,
                      ArrayRef<Value> guards);
  SmallVector<Value> indicesAt(const Tile &tile, int64_t r, const Columns &columns);
  Value loadFilter(Value group, const Columns &columns, Value step, int64_t j);
  // What the sums of a tile whose windows have rows `inside` in the input begin with.
  Accumulators beginTile(const Tile &tile, const Columns &columns, ArrayRef<Span> inside);
  // What to read ahead while a tile takes `count` steps of its columns' filters, of which `next` is the first
  // one behind those of this pass; all passes of the tile's rows are over `count` steps.
  Lookahead lookAhead(const Tile &tile, const Columns &columns, Value next, int64_t count);
  // Pixels of a task at most; kDynamic if unknown.
  int64_t getTaskPixels();

  Emitter &e;
  kernel::ConvOp op;
  Epilogue epilogue;
  int64_t spatial, G;
  bool isBytes;
  ByteSide side;
  // Channels; words of four where they are bytes, here and in the steps of the contraction.
  int64_t C, F;
  WindowAxis x;
  SmallVector<WindowAxis> outerAxes;
  int64_t stepsPerRow;
  // The input with its innermost spatial dim and channels as one, so that a window's row is one run.
  Value input, filter;
  // Of the pass at hand, and its first step.
  Lookahead ahead;
  Value aheadBegin;
};

} // namespace

Value ConvExpander::loadFilter(Value group, const Columns &columns, Value step, int64_t j) {
  Value n = e.add(columns.begin, j * e.lanes());
  return e.load(filter, {group, e.div(n, op.getPanel()), step, e.rem(n, op.getPanel())}, Value());
}

Accumulators ConvExpander::beginTile(const Tile &tile, const Columns &columns, ArrayRef<Span> inside) {
  if (!isBytes)
    return Accumulators(tile.rows * columns.count, e.zeroVector());
  int64_t numRows = spatial == 1 ? 1 : outerAxes.front().kernel;
  auto sums = [&](int64_t j) { return loadFilter(tile.group, columns, e.index(numRows * stepsPerRow), j); };
  Value around = zeroPointWord(e, side);
  Accumulators first = beginByteTile(e, 1, columns.count, side, sums);
  // Rows of the window above and below the input read zero points, the same for all pixels.
  auto addRows = [&](Value begin, Value end) {
    first = e.tightLoop(e.mul(begin, stepsPerRow), e.mul(end, stepsPerRow), 1, first,
                        [&](Value step, ValueRange carried) {
                          return multiplyByteTile(
                              e, 1, columns.count, carried, [&](int64_t) { return around; },
                              [&](int64_t j) { return loadFilter(tile.group, columns, step, j); });
                        });
  };
  if (around && spatial == 2 && (outerAxes.front().pad > 0 || outerAxes.front().padEnd > 0)) {
    Value begin = e.min(inside.front().begin, e.index(numRows));
    addRows(e.index(0), begin);
    addRows(e.max(inside.front().end, begin), e.index(numRows));
  }
  Accumulators result;
  for (int64_t r = 0; r < tile.rows; ++r)
    llvm::append_range(result, first);
  return result;
}

Value ConvExpander::getRowNumber(ArrayRef<Value> outerTaps) {
  Value number = e.index(0);
  for (auto [axis, tap] : llvm::zip_equal(outerAxes, outerTaps))
    number = e.add(e.mul(number, axis.kernel), tap);
  return number;
}

Accumulators ConvExpander::addRun(const Tile &tile, const Columns &columns, ArrayRef<Value> outerTaps,
                                  Value inBase, Span steps, ValueRange accumulators,
                                  function_ref<bool(int64_t)> isUsed, ArrayRef<Value> guards) {
  SmallVector<Value> at = tile.outer;
  for (auto [i, axis] : llvm::enumerate(outerAxes))
    at[i + 1] = getInputPixel(e, axis, tile.outer[i + 1], outerTaps[i]);
  at.push_back(Value());
  Value filterBase = e.mul(getRowNumber(outerTaps), stepsPerRow);
  Value last = guards.empty() ? Value() : e.sub(e.dim(input, at.size() - 1), e.index(1));
  auto splat = [&](Value scalar) { return isBytes ? splatWord(e, scalar, side) : e.splat(scalar); };
  Value around = isBytes ? zeroPointWord(e, side) : Value();
  auto row = [&](Value k, int64_t r) -> Value {
    if (!isUsed(r))
      return around;
    at.back() = e.add(e.add(inBase, k), r * x.stride * C);
    if (guards.empty())
      return splat(memref::LoadOp::create(e.b, e.loc, input, at));
    at.back() = e.min(e.max(at.back(), e.index(0)), last);
    Value value = memref::LoadOp::create(e.b, e.loc, input, at);
    TypedAttr zero = isBytes ? TypedAttr(side.zeroPointWord(e.b)) : TypedAttr(e.b.getF32FloatAttr(0));
    Value outside = arith::ConstantOp::create(e.b, e.loc, zero);
    return splat(arith::SelectOp::create(e.b, e.loc, guards[r], value, outside));
  };
  auto column = [&](Value k, int64_t j) { return loadFilter(tile.group, columns, e.add(filterBase, k), j); };
  auto multiply = isBytes ? multiplyByteTile : multiplyTile;
  return e.tightLoop(steps.begin, steps.end, 1, accumulators, [&](Value k, ValueRange carried) {
    ahead.emit(e, e.sub(e.add(filterBase, k), aheadBegin));
    return multiply(
        e, tile.rows, columns.count, carried, [&](int64_t r) { return row(k, r); },
        [&](int64_t j) { return column(k, j); });
  });
}

int64_t ConvExpander::getTaskPixels() {
  ArrayRef<int64_t> parallel = e.sched.getParallel();
  ArrayRef<int64_t> sizes = cast<MemRefType>(op.getInit().getType()).getShape().slice(1, spatial);
  int64_t pixels = 1;
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t size = sizes[i], tile = parallel.empty() ? 0 : parallel[i + 1];
    if (tile > 0)
      size = ShapedType::isDynamic(size) ? tile : std::min(size, tile);
    if (ShapedType::isDynamic(size))
      return ShapedType::kDynamic;
    pixels *= size;
  }
  return pixels;
}

Lookahead ConvExpander::lookAhead(const Tile &tile, const Columns &columns, Value next, int64_t count) {
  int64_t pixels = getTaskPixels(), panel = op.getPanel(), width = e.sched.getColumns();
  // Of several panels at once, neither lies behind the steps of this pass.
  if (ShapedType::isDynamic(pixels) || width > panel)
    return {};
  // Tiles narrower than a panel each read their part of what comes next.
  Value offset = e.add(e.mul(next, panel), e.mul(e.rem(columns.begin, panel), count));
  SmallVector<Value> at = {tile.group, e.div(columns.begin, panel), e.index(0), offset};
  return Lookahead(e, filter, at, count * width, count, tile.before, tile.rows, pixels);
}

Accumulators ConvExpander::addWindowRow(const Tile &tile, const Taps &taps, const Columns &columns,
                                        ArrayRef<Value> outerTaps, Span steps, ValueRange accumulators) {
  int64_t perTap = C / G;
  // Input offset of step 0 of row 0, if tap `tapX` followed the others without a gap.
  auto inBase = [&](Value tapX) {
    Value base = e.sub(e.mul(getInputPixel(e, x, tile.pixel, tapX), C), e.mul(tapX, perTap));
    return G == 1 ? base : e.add(base, e.mul(tile.group, perTap));
  };
  // The steps among `steps` of taps [begin, end).
  auto stepsOf = [&](Value begin, Value end) -> Span {
    return {e.max(steps.begin, e.mul(begin, perTap)), e.min(steps.end, e.mul(end, perTap))};
  };
  auto always = [](int64_t) { return true; };
  // Without dilation and groups a window's row is one run of the input.
  bool isOneRun = x.dilation == 1 && G == 1;

  if (taps.kind == Taps::Kind::Inside && (isOneRun || x.kernel == 1))
    return addRun(tile, columns, outerTaps, inBase(e.index(0)), steps, accumulators, always, {});
  if (taps.kind == Taps::Kind::Inside)
    return e.tightLoop(e.index(0), e.index(x.kernel), 1, accumulators, [&](Value tapX, ValueRange carried) {
      return addRun(tile, columns, outerTaps, inBase(tapX), stepsOf(tapX, e.add(tapX, 1)), carried, always,
                    {});
    });
  if (taps.kind == Taps::Kind::Known) {
    Accumulators sums(accumulators);
    // Neighbouring taps that reach the same rows make one run.
    for (int64_t tap = 0, next; tap < x.kernel; tap = next) {
      auto isUsed = [&](int64_t r) { return taps.isInside(r, tap); };
      auto isAlike = [&](int64_t other) {
        return llvm::all_of(llvm::seq<int64_t>(0, tile.rows),
                            [&](int64_t r) { return taps.isInside(r, tap) == taps.isInside(r, other); });
      };
      for (next = tap + 1; isOneRun && next < x.kernel && isAlike(next);)
        ++next;
      bool countsOutside = isBytes && side.offset() != 0;
      if (countsOutside || llvm::any_of(llvm::seq<int64_t>(0, tile.rows), isUsed))
        sums = addRun(tile, columns, outerTaps, inBase(e.index(tap)), stepsOf(e.index(tap), e.index(next)),
                      sums, isUsed, {});
    }
    return sums;
  }
  Value size = e.dim(op.getInput(), spatial);
  return e.tightLoop(e.index(0), e.index(x.kernel), 1, accumulators, [&](Value tapX, ValueRange carried) {
    SmallVector<Value> guards;
    for (int64_t r = 0; r < tile.rows; ++r) {
      Value pixel = getInputPixel(e, x, e.add(tile.pixel, r), tapX);
      guards.push_back(arith::AndIOp::create(e.b, e.loc, e.less(e.index(-1), pixel), e.less(pixel, size)));
    }
    return addRun(tile, columns, outerTaps, inBase(tapX), stepsOf(tapX, e.add(tapX, 1)), carried, always,
                  guards);
  });
}

SmallVector<Value> ConvExpander::indicesAt(const Tile &tile, int64_t r, const Columns &columns) {
  SmallVector<Value> at(tile.outer);
  at.append({e.add(tile.pixel, r), G == 1 ? columns.begin : e.add(e.mul(tile.group, F / G), columns.begin)});
  return at;
}

SmallVector<Span> ConvExpander::getWindowRows(const Tile &tile) {
  SmallVector<Span> rows;
  for (auto [i, axis] : llvm::enumerate(outerAxes))
    rows.push_back(getInsideTaps(e, axis, tile.outer[i + 1], e.dim(op.getInput(), i + 1)));
  return rows;
}

Accumulators ConvExpander::addWindow(const Tile &tile, const Taps &taps, const Columns &columns,
                                     ArrayRef<Span> rows, SmallVectorImpl<Value> &outerTaps,
                                     ValueRange accumulators) {
  if (outerTaps.size() == rows.size())
    return addWindowRow(tile, taps, columns, outerTaps, {e.index(0), e.index(stepsPerRow)}, accumulators);
  Span range = rows[outerTaps.size()];
  return e.tightLoop(range.begin, range.end, 1, accumulators, [&](Value tap, ValueRange carried) {
    outerTaps.push_back(tap);
    Accumulators sums = addWindow(tile, taps, columns, rows, outerTaps, carried);
    outerTaps.pop_back();
    return sums;
  });
}

void ConvExpander::forEachTile(const Task &task, function_ref<void(const Tile &, const Taps &)> body) {
  forEachIndex(e, task.lines, [&](ArrayRef<Value> line) {
    forEachWindowRows(e, task.pixels, x, e.sched.getRows(), e.dim(op.getInput(), spatial),
                      [&](Value pixel, int64_t rows, const Taps &taps) {
                        Tile tile = {{task.image}, task.group, pixel, rows, e.sub(pixel, task.pixels.begin)};
                        llvm::append_range(tile.outer, line);
                        Value before = e.index(0);
                        for (auto [i, index] : llvm::enumerate(line))
                          before = e.add(e.mul(before, e.dim(op.getInit(), i + 1)),
                                         e.sub(index, task.lines[i].begin));
                        tile.before = e.add(tile.before, e.mul(before, e.dim(op.getInit(), spatial)));
                        body(tile, taps);
                      });
  });
}

void ConvExpander::expandBlocks(const Task &task, const Columns &columns) {
  auto indicesOf = [&](const Tile &tile) { return [&](int64_t r) { return indicesAt(tile, r, columns); }; };
  forEachTile(task, [&](const Tile &tile, const Taps &) {
    epilogue.storeSums(tile.rows, columns, Accumulators(tile.rows * columns.count, e.zeroVector()),
                       indicesOf(tile));
  });
  Value numSteps = e.index(stepsPerRow);
  SmallVector<Span> window;
  for (const WindowAxis &axis : outerAxes)
    window.push_back({e.index(0), e.index(axis.kernel)});
  forEachIndex(e, window, [&](ArrayRef<Value> outerTaps) {
    e.loop(e.index(0), numSteps, e.sched.getDepth(), [&](Value begin) {
      Span steps = {begin, e.min(e.add(begin, e.sched.getDepth()), numSteps)};
      forEachTile(task, [&](const Tile &tile, const Taps &taps) {
        Value isInside = arith::ConstantOp::create(e.b, e.loc, e.b.getBoolAttr(true));
        for (auto [tap, inside] : llvm::zip_equal(outerTaps, getWindowRows(tile))) {
          isInside = e.b.createOrFold<arith::AndIOp>(e.loc, isInside, e.less(tap, inside.end));
          isInside = e.b.createOrFold<arith::AndIOp>(e.loc, isInside, e.less(inside.begin, e.add(tap, 1)));
        }
        e.ifThen(isInside, [&] {
          Accumulators sums = epilogue.loadSums(tile.rows, columns, indicesOf(tile));
          aheadBegin = e.add(e.mul(getRowNumber(outerTaps), stepsPerRow), steps.begin);
          ahead = lookAhead(tile, columns, e.add(aheadBegin, e.sched.getDepth()), e.sched.getDepth());
          sums = addWindowRow(tile, taps, columns, outerTaps, steps, sums);
          epilogue.storeSums(tile.rows, columns, sums, indicesOf(tile));
        });
      });
    });
  });
  forEachTile(task, [&](const Tile &tile, const Taps &) {
    epilogue.storeTile(tile.rows, columns, epilogue.loadSums(tile.rows, columns, indicesOf(tile)),
                       indicesOf(tile));
  });
}

void ConvExpander::expandTask(const Task &task, const Columns &columns) {
  if (e.sched.getDepth() > 0)
    return expandBlocks(task, columns);
  forEachTile(task, [&](const Tile &tile, const Taps &taps) {
    epilogue.prefetchTile(tile.rows, columns, [&](int64_t r) { return indicesAt(tile, r, columns); });
    SmallVector<Span> rows = getWindowRows(tile);
    SmallVector<Value> outerTaps;
    Accumulators sums = beginTile(tile, columns, rows);
    // Bytes have the sums of their columns behind the last step.
    int64_t K = cast<MemRefType>(filter.getType()).getDimSize(2) - (isBytes ? 1 : 0);
    aheadBegin = e.index(0);
    ahead = lookAhead(tile, columns, e.index(K), K);
    sums = addWindow(tile, taps, columns, rows, outerTaps, sums);
    epilogue.storeTile(tile.rows, columns, sums, [&](int64_t r) { return indicesAt(tile, r, columns); });
  });
}

LogicalResult ConvExpander::expand() {
  ArrayRef<int64_t> parallel = e.sched.getParallel();
  if (G > 1 && !parallel.empty() && parallel.back() != 0)
    return op.emitOpError()
           << "expected the channels of a grouped convolution whole in a task, but got tiles of "
           << parallel.back() << " [expand-kernel-ops-C6]";
  if (isBytes) {
    input = viewAsWords(e, op.getInput(), 2);
    filter = viewAsWords(e, op.getFilter(), 2);
  } else {
    SmallVector<ReassociationIndices> groups;
    for (int64_t i = 0; i < spatial; ++i)
      groups.push_back({i});
    groups.push_back({spatial, spatial + 1});
    input = memref::CollapseShapeOp::create(e.b, e.loc, op.getInput(), groups);
    filter = op.getFilter();
  }
  // Channels outermost: neighbouring tasks share filters, also those of other images.
  SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, spatial + 1));
  order.insert(order.begin(), spatial + 1);
  return emitTasks(e, cast<kernel::EpilogueOpInterface>(op.getOperation()), order,
                   [&](ArrayRef<Span> ranges) {
                     SmallVector<Span> lines(ranges.slice(1, spatial - 1));
                     Span pixels = ranges[spatial];
                     forEachIndex(e, ranges.front(), [&](ArrayRef<Value> image) {
                       // Filters are outside of pixels: a panel stays in the cache while the image passes by.
                       auto expandGroup = [&](Value group, Span columns) {
                         forEachColumns(e, columns, F / G, e.sched.getColumns(), [&](const Columns &tile) {
                           expandTask({image.front(), group, lines, pixels}, tile);
                         });
                       };
                       if (G == 1)
                         return expandGroup(e.index(0), ranges.back());
                       e.loop(e.index(0), e.index(G), 1,
                              [&](Value group) { expandGroup(group, {e.index(0), e.index(F / G)}); });
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
  if (failed(checkDense(op)) || (op.isBytes() && failed(checkBytes(op, e.sched))))
    return failure();
  if (op.getPanel() % e.lanes() != 0)
    return op.emitOpError() << "expected panels of whole vectors of " << e.lanes() << ", but got "
                            << op.getPanel() << " [expand-kernel-ops-C4]";
  if (op.isBytes() && e.sched.getDot() == sched::CPUDot::tdpbusd)
    return expandConvTiles(e, op);
  return ConvExpander(e, op).expand();
}
