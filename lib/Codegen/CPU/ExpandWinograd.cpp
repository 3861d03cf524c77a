// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expands 3x3 convolutions by Winograd's algorithm: transformed patches times transformed filters, position
// by position of the patch, and the products transformed back.
#include "WinogradTransform.h"
#include "weft/Codegen/CPU/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace weft;
using namespace weft::cpu;

// Floats of a cache line. Rows are padded by one so that the rows of a register tile lie in different sets of
// the cache, and positions by one more if need be, so that the stores of one patch do.
static constexpr int64_t kLine = 16;

namespace {

// Emits one kernel.winograd. A task takes some lines of output tiles through all steps: patches are
// transformed into [position][tile][channel], then, for the columns of one register tile at a time, products
// go to [position][tile][column] and are transformed back.
class WinogradExpander {
public:
  WinogradExpander(Emitter &e, kernel::WinogradOp op)
      : e(e), op(op), epilogue(e, cast<kernel::EpilogueOpInterface>(op.getOperation())), m(op.getTile()),
        patch(m + 2), positions(patch * patch), in(cast<MemRefType>(op.getInput().getType()).getShape()),
        out(cast<MemRefType>(op.getInit().getType()).getShape()), C(in.back()), F(out.back()),
        perLine(llvm::divideCeil(out[2], m)), rowSize(llvm::alignTo(C, kLine) + kLine),
        productSize(llvm::alignTo(e.sched.getColumns(), kLine) + kLine) {}

  LogicalResult expand();

private:
  // What a task computes: lines [begin, end) of an image, as lines of tiles.
  struct Task {
    Value image;
    Span lines;
    // Lines of tiles, and tiles.
    Value tileLines, count;
  };

  LogicalResult check();
  // Floats from one position to the next, of `size` floats per tile.
  int64_t getPlane(int64_t size) {
    int64_t plane = maxCount * size;
    return plane / kLine % 2 == 0 ? plane + kLine : plane;
  }
  // Runs `body` for each tile of a task with its number and its first output pixel.
  void forEachTile(const Task &task, function_ref<void(Value, Value, Value)> body);
  void transformPatches(const Task &task);
  void storePatch(Value number, Value channel, Value channelMask, function_ref<Value(int64_t, int64_t)> load);
  void multiply(const Task &task, const Columns &columns);
  void transformResults(const Task &task, const Columns &columns);
  // Stores one vector of columns of a tile whose first pixel is (y, x).
  void storeResult(const Task &task, const Columns &column, Value y, Value x, ValueRange results);

  Emitter &e;
  kernel::WinogradOp op;
  Epilogue epilogue;
  int64_t m, patch, positions;
  ArrayRef<int64_t> in, out;
  int64_t C, F, perLine, rowSize, productSize;
  // Tiles of a task at most; whether all tasks have as many.
  int64_t maxCount = 0;
  bool isEven = false;
  // Transformed patches, products, and one vector of columns of a tile at the border.
  Value patches, products, border;
};

} // namespace

void WinogradExpander::forEachTile(const Task &task, function_ref<void(Value, Value, Value)> body) {
  e.loop(e.index(0), task.tileLines, 1, [&](Value line) {
    e.loop(e.index(0), e.index(perLine), 1, [&](Value tile) {
      body(e.add(e.mul(line, perLine), tile), e.add(task.lines.begin, e.mul(line, m)), e.mul(tile, m));
    });
  });
}

void WinogradExpander::storePatch(Value number, Value channel, Value channelMask,
                                  function_ref<Value(int64_t, int64_t)> load) {
  Accumulators pixels;
  for (int64_t i = 0; i < patch; ++i)
    for (int64_t j = 0; j < patch; ++j)
      pixels.push_back(load(i, j));
  Accumulators transformed = transformSquare(e, pixels, transformPatch);
  Value at = e.add(e.mul(number, rowSize), channel);
  for (int64_t i = 0; i < positions; ++i)
    e.store(transformed[i], patches, {e.index(i), at}, channelMask);
}

void WinogradExpander::transformPatches(const Task &task) {
  Value height = e.dim(op.getInput(), 1), width = e.dim(op.getInput(), 2);
  forEachTile(task, [&](Value number, Value y, Value x) {
    y = e.sub(y, e.index(op.getPads()[0]));
    x = e.sub(x, e.index(op.getPads()[1]));
    SmallVector<Value> isLineInside, isPixelInside, lines, pixels;
    auto addInside = [&](Value first, Value size, SmallVector<Value> &inside, SmallVector<Value> &at) {
      for (int64_t i = 0; i < patch; ++i) {
        Value index = e.add(first, i);
        inside.push_back(arith::AndIOp::create(e.b, e.loc, e.less(e.index(-1), index), e.less(index, size)));
        at.push_back(e.max(e.min(index, e.sub(size, e.index(1))), e.index(0)));
      }
    };
    addInside(y, height, isLineInside, lines);
    addInside(x, width, isPixelInside, pixels);
    auto both = [&](Value a, Value b) -> Value { return arith::AndIOp::create(e.b, e.loc, a, b); };
    Value isInside = both(both(isLineInside.front(), isLineInside.back()),
                          both(isPixelInside.front(), isPixelInside.back()));
    auto emit = [&](bool isBorder) {
      forEachColumns(e, {e.index(0), e.index(C)}, C, e.lanes(), [&](const Columns &channels) {
        Value lastMask = channels.mask(0);
        storePatch(number, channels.begin, lastMask, [&](int64_t i, int64_t j) {
          if (!isBorder)
            return e.load(op.getInput(), {task.image, e.add(y, i), e.add(x, j), channels.begin}, lastMask);
          // Zeros outside: no lane is read.
          Value mask = e.splat(both(isLineInside[i], isPixelInside[j]));
          if (lastMask)
            mask = both(mask, lastMask);
          return e.load(op.getInput(), {task.image, lines[i], pixels[j], channels.begin}, mask);
        });
      });
    };
    scf::IfOp::create(
        e.b, e.loc, isInside,
        [&](OpBuilder &b, Location loc) {
          emit(/*isBorder=*/false);
          scf::YieldOp::create(b, loc);
        },
        [&](OpBuilder &b, Location loc) {
          emit(/*isBorder=*/true);
          scf::YieldOp::create(b, loc);
        });
  });
}

void WinogradExpander::multiply(const Task &task, const Columns &columns) {
  int64_t size = isEven ? maxCount : ShapedType::kDynamic;
  e.loop(e.index(0), e.index(positions), 1, [&](Value position) {
    forEachRows(e, {e.index(0), task.count}, size, e.sched.getRows(), [&](Value row, int64_t rows) {
      Value base = e.mul(row, rowSize);
      // The next position's filters, panel by panel.
      SmallVector<Lookahead> ahead;
      int64_t panel = op.getPanel(), width = std::min(panel, e.sched.getColumns());
      Value next = e.add(e.mul(e.rem(columns.begin, panel), C), C * panel);
      for (int64_t begin = 0; begin < columns.count * e.lanes(); begin += panel)
        ahead.emplace_back(
            e, op.getFilter(),
            SmallVector<Value>{e.div(e.add(columns.begin, begin), panel), position, e.index(0), next},
            C * width, C, row, rows, maxCount);
      Accumulators sums(rows * columns.count, e.zeroVector());
      sums = e.tightLoop(e.index(0), e.index(C), 1, sums, [&](Value c, ValueRange carried) {
        Value at = e.add(base, c);
        for (const Lookahead &panelAhead : ahead)
          panelAhead.emit(e, c);
        return multiplyTile(
            e, rows, columns.count, carried,
            [&](int64_t r) -> Value {
              return e.splat(
                  memref::LoadOp::create(e.b, e.loc, patches, ValueRange{position, e.add(at, r * rowSize)}));
            },
            [&](int64_t j) {
              Value n = e.add(columns.begin, j * e.lanes());
              return e.load(op.getFilter(), {e.div(n, op.getPanel()), position, c, e.rem(n, op.getPanel())},
                            Value());
            });
      });
      for (int64_t r = 0; r < rows; ++r)
        for (int64_t j = 0; j < columns.count; ++j)
          e.store(sums[r * columns.count + j], products,
                  {position, e.add(e.mul(e.add(row, r), productSize), j * e.lanes())}, Value());
    });
  });
}

void WinogradExpander::storeResult(const Task &task, const Columns &column, Value y, Value x,
                                   ValueRange results) {
  auto store = [&](Value line, Value pixel, ValueRange values) {
    epilogue.storeTile(values.size(), column, values, [&](int64_t r) {
      return SmallVector<Value>{task.image, line, e.add(pixel, r), column.begin};
    });
  };
  auto storeWhole = [&] {
    for (int64_t i = 0; i < m; ++i)
      store(e.add(y, i), x, results.slice(i * m, m));
  };
  if (out[1] % m == 0 && out[2] % m == 0)
    return storeWhole();
  Value linesLeft = e.sub(e.dim(op.getInit(), 1), y), pixelsLeft = e.sub(e.dim(op.getInit(), 2), x);
  Value isWhole = arith::AndIOp::create(e.b, e.loc, e.less(e.index(m - 1), linesLeft),
                                        e.less(e.index(m - 1), pixelsLeft));
  scf::IfOp::create(
      e.b, e.loc, isWhole,
      [&](OpBuilder &b, Location loc) {
        storeWhole();
        scf::YieldOp::create(b, loc);
      },
      [&](OpBuilder &b, Location loc) {
        // One body for all pixels: they pass through memory.
        for (auto [i, result] : llvm::enumerate(results))
          e.store(result, border, {e.index(i), e.index(0)}, Value());
        e.loop(e.index(0), e.min(linesLeft, e.index(m)), 1, [&](Value i) {
          e.loop(e.index(0), e.min(pixelsLeft, e.index(m)), 1, [&](Value j) {
            Value result = e.load(border, {e.add(e.mul(i, m), j), e.index(0)}, Value());
            store(e.add(y, i), e.add(x, j), result);
          });
        });
        scf::YieldOp::create(b, loc);
      });
}

void WinogradExpander::transformResults(const Task &task, const Columns &columns) {
  forEachTile(task, [&](Value number, Value y, Value x) {
    for (int64_t i = 0; i < m; ++i)
      epilogue.prefetchTile(m, columns, [&](int64_t r) {
        return SmallVector<Value>{task.image, e.add(y, i), e.add(x, r), columns.begin};
      });
    for (int64_t j = 0; j < columns.count; ++j) {
      Value at = e.add(e.mul(number, productSize), j * e.lanes());
      Accumulators square;
      for (int64_t i = 0; i < positions; ++i)
        square.push_back(e.load(products, {e.index(i), at}, Value()));
      storeResult(task, {e.add(columns.begin, j * e.lanes()), 1, columns.mask(j)}, y, x,
                  transformSquare(e, square, transformResult));
    }
  });
}

LogicalResult WinogradExpander::check() {
  ArrayRef<int64_t> parallel = e.sched.getParallel();
  if (ShapedType::isDynamic(out[1]) || ShapedType::isDynamic(out[2]) || ShapedType::isDynamic(in[1]) ||
      ShapedType::isDynamic(in[2]))
    return op.emitOpError() << "expected static spatial sizes [expand-kernel-ops-C8]";
  if (!parallel.empty() && (parallel[1] % m != 0 || parallel[2] != 0))
    return op.emitOpError() << "expected tasks of whole lines of tiles of " << m
                            << " pixels, but got parallel tiles of " << parallel[1] << "x" << parallel[2]
                            << " [expand-kernel-ops-C8]";
  return success();
}

LogicalResult WinogradExpander::expand() {
  if (failed(check()))
    return failure();
  ArrayRef<int64_t> parallel = e.sched.getParallel();
  int64_t allLines = llvm::divideCeil(out[1], m);
  int64_t taskLines = parallel.empty() || parallel[1] == 0 ? allLines : parallel[1] / m;
  maxCount = std::min(taskLines, allLines) * perLine;
  isEven = allLines % taskLines == 0 || taskLines >= allLines;
  auto allocate = [&](ArrayRef<int64_t> shape) -> Value {
    return memref::AllocOp::create(e.b, e.loc, MemRefType::get(shape, e.b.getF32Type()), ValueRange(),
                                   e.b.getI64IntegerAttr(kLine * 4));
  };
  patches = allocate({positions, getPlane(rowSize)});
  products = allocate({positions, getPlane(productSize)});
  border = allocate({m * m, e.lanes()});
  // Columns outermost: neighbouring tasks share filters.
  return emitTasks(e, cast<kernel::EpilogueOpInterface>(op.getOperation()), {3, 0, 1, 2},
                   [&](ArrayRef<Span> ranges) {
                     forEachIndex(e, ranges.front(), [&](ArrayRef<Value> image) {
                       Task task;
                       task.image = image.front();
                       task.lines = ranges[1];
                       task.tileLines = e.ceilDiv(e.sub(task.lines.end, task.lines.begin), m);
                       task.count = e.mul(task.tileLines, perLine);
                       transformPatches(task);
                       forEachColumns(e, ranges.back(), F, e.sched.getColumns(), [&](const Columns &columns) {
                         multiply(task, columns);
                         transformResults(task, columns);
                       });
                     });
                   });
}

LogicalResult weft::expandWinograd(RewriterBase &rewriter, kernel::WinogradOp op) {
  rewriter.setInsertionPoint(op);
  Emitter e(rewriter, op.getLoc(), sched::CPUAttr::of(op));
  if (op.getPanel() % e.lanes() != 0)
    return op.emitOpError() << "expected panels of whole vectors of " << e.lanes() << ", but got "
                            << op.getPanel() << " [expand-kernel-ops-C4]";
  return WinogradExpander(e, op).expand();
}
