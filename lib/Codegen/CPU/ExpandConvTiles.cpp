// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expands convolutions of bytes whose products tile registers compute.
#include "ExpandConvTiles.h"
#include "TileProduct.h"
#include "Window.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace weft;
using namespace weft::cpu;

namespace {

// Emits one kernel.conv. A row of a tile is a pixel along the innermost spatial dim. Where the input has
// zero points around it, a task copies the lines that it needs, with them, so that all windows lie inside.
class TiledConvExpander {
public:
  TiledConvExpander(Emitter &e, kernel::ConvOp op)
      : e(e), op(op), epilogue(e, cast<kernel::EpilogueOpInterface>(op.getOperation())),
        spatial(op.getNumSpatialDims()), G(op.getGroups()),
        side{op.getInputUnsigned(), static_cast<int64_t>(op.getZeroPoint())},
        C(cast<MemRefType>(op.getInput().getType()).getShape().back()),
        F(cast<MemRefType>(op.getInit().getType()).getShape().back()), x(getWindowAxis(op, spatial - 1)),
        y(spatial == 2 ? getWindowAxis(op, 0) : WindowAxis{1, 1, 0, 0, 1, 1, 1}),
        isPadded(x.pad > 0 || x.padEnd > 0 || y.pad > 0 || y.padEnd > 0),
        isOneRun(x.dilation == 1 && G == 1) {}

  LogicalResult expand();

private:
  // Lines of the input that `count` lines of the output reach.
  Value linesFor(Value count) { return e.add(e.mul(e.sub(count, e.index(1)), y.stride), y.reach(1)); }
  // Copies what the output lines `lines` of an image reach, and what is around it.
  void copyLines(Value image, Span lines);
  void expandLines(TileProduct &product, Value image, Value group, Span lines, Span pixels,
                   const Columns &columns);

  Emitter &e;
  kernel::ConvOp op;
  Epilogue epilogue;
  int64_t spatial, G;
  ByteSide side;
  int64_t C, F;
  WindowAxis x, y;
  bool isPadded, isOneRun;
  // The input as words [image, (line,) pixels and channels]; copied lines [line, pixels and channels], as
  // bytes and words.
  Value input, copy, copiedWords;
};

} // namespace

void TiledConvExpander::copyLines(Value image, Span lines) {
  int64_t perPixel = C / 4, before = x.pad * perPixel, inside = x.in * perPixel,
          all = before + inside + x.padEnd * perPixel;
  Value around = e.splat(arith::ConstantOp::create(e.b, e.loc, side.zeroPointWord(e.b)));
  auto store = [&](Value line, int64_t begin, int64_t count, function_ref<Value(Value, Value)> vector) {
    forEachColumns(e, {e.index(0), e.index(count)}, count, e.lanes(), [&](const Columns &words) {
      e.store(vector(words.begin, words.mask(0)), copiedWords, {line, e.add(words.begin, begin)},
              words.mask(0));
    });
  };
  auto fill = [&](Value line, int64_t begin, int64_t count) {
    store(line, begin, count, [&](Value, Value) { return around; });
  };
  Value first = e.sub(e.mul(lines.begin, y.stride), e.index(y.pad));
  e.loop(e.index(0), linesFor(e.sub(lines.end, lines.begin)), 1, [&](Value line) {
    Value from = e.add(first, line);
    Value isInside =
        arith::AndIOp::create(e.b, e.loc, e.less(e.index(-1), from), e.less(from, e.index(y.in)));
    scf::IfOp::create(
        e.b, e.loc, isInside,
        [&](OpBuilder &b, Location loc) {
          fill(line, 0, before);
          store(line, before, inside, [&](Value word, Value mask) {
            SmallVector<Value> at = {image};
            if (spatial == 2)
              at.push_back(from);
            at.push_back(word);
            return e.load(input, at, mask);
          });
          fill(line, before + inside, all - before - inside);
          scf::YieldOp::create(b, loc);
        },
        [&](OpBuilder &b, Location loc) {
          fill(line, 0, all);
          scf::YieldOp::create(b, loc);
        });
  });
}

void TiledConvExpander::expandLines(TileProduct &product, Value image, Value group, Span lines, Span pixels,
                                    const Columns &columns) {
  TileProduct::Block block = product.beginColumns(columns, {group});
  e.loop(lines.begin, lines.end, 1, [&](Value line) {
    auto lhs = [&](Value pixel, Value run) {
      Value tapY = isOneRun ? run : e.div(run, x.kernel), tapX = isOneRun ? e.index(0) : e.rem(run, x.kernel);
      Value at = e.add(e.mul(pixel, x.stride), e.mul(tapX, x.dilation));
      Value channel = e.mul(group, C / G), tap = e.mul(tapY, y.dilation);
      if (isPadded) {
        Value from = e.add(e.mul(e.sub(line, lines.begin), y.stride), tap);
        return addressOf(e, copy, {from, at, channel});
      }
      SmallVector<Value> indices = {image};
      if (spatial == 2)
        indices.push_back(e.add(e.mul(line, y.stride), tap));
      indices.append({at, channel});
      return addressOf(e, op.getInput(), indices);
    };
    auto indices = [&](Value pixel) {
      SmallVector<Value> at = {image};
      if (spatial == 2)
        at.push_back(line);
      at.append({pixel, e.add(e.mul(group, F / G), columns.begin)});
      return at;
    };
    product.expandRows(block, {pixels, e.index(x.out), e.index(x.stride * C), lhs, indices}, epilogue);
  });
}

LogicalResult TiledConvExpander::expand() {
  ArrayRef<int64_t> parallel = e.sched.getParallel();
  if (isPadded) {
    int64_t lines = y.out;
    if (spatial == 2 && !parallel.empty() && parallel[1] > 0)
      lines = std::min(lines, parallel[1]);
    auto type = MemRefType::get({y.reach(lines), x.in + x.pad + x.padEnd, C}, e.b.getI8Type());
    copy = memref::AllocOp::create(e.b, e.loc, type, ValueRange(), e.b.getI64IntegerAttr(64));
    copiedWords = viewAsWords(e, copy, 2);
    input = viewAsWords(e, op.getInput(), 2);
  }
  int64_t runs = y.kernel * (isOneRun ? 1 : x.kernel), words = (isOneRun ? x.kernel : 1) * (C / G) / 4;
  TileProduct product(e, side, viewAsWords(e, op.getFilter(), 2), runs, words);
  // Channels outermost: neighbouring tasks share filters, also those of other images.
  SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, spatial + 1));
  order.insert(order.begin(), spatial + 1);
  return emitTasks(
      e, cast<kernel::EpilogueOpInterface>(op.getOperation()), order, [&](ArrayRef<Span> ranges) {
        Span lines = spatial == 2 ? ranges[1] : Span{e.index(0), e.index(1)}, pixels = ranges[spatial];
        forEachIndex(e, ranges.front(), [&](ArrayRef<Value> image) {
          if (isPadded)
            copyLines(image.front(), lines);
          auto expandGroup = [&](Value group, Span columns) {
            forEachColumns(e, columns, F / G, e.sched.getColumns(), [&](const Columns &tile) {
              expandLines(product, image.front(), group, lines, pixels, tile);
            });
          };
          if (G == 1)
            return expandGroup(e.index(0), ranges.back());
          e.loop(e.index(0), e.index(G), 1,
                 [&](Value group) { expandGroup(group, {e.index(0), e.index(F / G)}); });
        });
      });
}

LogicalResult weft::cpu::expandConvTiles(Emitter &e, kernel::ConvOp op) {
  int64_t spatial = op.getNumSpatialDims();
  for (Value operand : {op.getInput(), op.getInit()})
    if (llvm::any_of(cast<MemRefType>(operand.getType()).getShape().slice(1, spatial), ShapedType::isDynamic))
      return op.emitOpError() << "expected static spatial sizes for tiles, but got " << operand.getType()
                              << " [expand-kernel-ops-C9]";
  int64_t pixels = cast<MemRefType>(op.getInit().getType()).getDimSize(spatial);
  int64_t rows = e.sched.getRows() > 16 ? e.sched.getRows() / 2 : e.sched.getRows();
  if (rows > pixels || op.getPanel() % e.sched.getColumns() != 0)
    return op.emitOpError() << "expected tiles of at most " << pixels << " rows and " << op.getPanel()
                            << " columns, but got " << rows << " and " << e.sched.getColumns()
                            << " [expand-kernel-ops-C9]";
  return TiledConvExpander(e, op).expand();
}
