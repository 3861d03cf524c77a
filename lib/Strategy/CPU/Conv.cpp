// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Chooses how convolutions are generated.
#include "CostModel.h"
#include "weft/Strategy/Select.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace weft;

// Size of a spatial dim that is unknown.
static constexpr int64_t kLikelyPixels = 56;
static constexpr int64_t kMaxColumns = 64;

namespace {

// Output sizes of a window op as [n, outer spatial (1 in one dim), inner spatial, channels]; in three dims
// the outer ones count together as y, `planes` of `lines`.
struct OutputSizes {
  explicit OutputSizes(ShapedType out)
      : n(sizeOr(out.getDimSize(0), 1)),
        planes(out.getRank() == 5 ? sizeOr(out.getDimSize(1), kLikelyPixels) : 1),
        lines(out.getRank() >= 4 ? sizeOr(out.getDimSize(out.getRank() - 3), kLikelyPixels) : 1),
        y(planes * lines), x(sizeOr(out.getDimSize(out.getRank() - 2), kLikelyPixels)),
        channels(out.getShape().back()) {}
  int64_t n, planes, lines, y, x, channels;
};

} // namespace

// Tile sizes of the parallel level: images apart, then parts of channels (`columnParts` at most), then of the
// outermost spatial dim; what lies inside a row of pixels stays whole unless there is only one dim.
static SmallVector<int64_t> cutWindowTasks(const OutputSizes &out, int64_t rank, int64_t tasks,
                                           int64_t columnParts, const RegisterTile &tile) {
  int64_t perImage = llvm::divideCeil(tasks, out.n);
  SmallVector<int64_t> parallel = {1};
  int64_t columns =
      columnParts <= 1 ? 0 : cutEvenly(out.channels, std::min(columnParts, perImage), tile.columns);
  int64_t usedParts = columns == 0 ? 1 : llvm::divideCeil(out.channels, columns);
  int64_t spatialParts = llvm::divideCeil(perImage, usedParts);
  if (rank == 5) {
    int64_t planes = cutEvenly(out.planes, spatialParts, 1);
    int64_t lineParts = llvm::divideCeil(spatialParts, llvm::divideCeil(out.planes, planes));
    parallel.append({planes, cutEvenly(out.lines, lineParts, 1), 0});
  } else if (rank == 4)
    parallel.append({cutEvenly(out.y, spatialParts, 1), 0});
  else
    parallel.push_back(cutEvenly(out.x, spatialParts, tile.rows));
  parallel.push_back(columns);
  return parallel;
}

// Whether the spatial sizes of a convolution are known.
static bool hasKnownPixels(kernel::ConvOp op) {
  return llvm::all_of(ValueRange{op.getInput(), op.getInit()}, [&](Value operand) {
    ArrayRef<int64_t> shape = cast<ShapedType>(operand.getType()).getShape();
    return llvm::none_of(shape.drop_front().drop_back(), ShapedType::isDynamic);
  });
}

Choice weft::selectConv(kernel::ConvOp op, const CPUTarget &cpu, bool isSplit) {
  // Bytes are taken four at a time, as words.
  bool isBytes = op.isBytes();
  CPUTarget target = isBytes ? getByteTarget(cpu) : cpu;
  auto type = cast<ShapedType>(op.getInit().getType());
  OutputSizes out(type);
  int64_t G = op.getGroups(),
          C = cast<ShapedType>(op.getInput().getType()).getShape().back() / (isBytes ? 4 : 1);
  int64_t K = cast<ShapedType>(op.getFilter().getType()).getDimSize(2);
  Product product = {out.x, out.channels / G, K, op.getStrides().back() * C * 4};
  product.repeats = out.y;
  product.stepsAtOnce = op.getKernel().back() * (C / G);
  product.canBlock = type.getElementType().isF32() && !isBytes;
  RegisterTile tile = chooseRegisterTile(product, target, kMaxColumns, /*maxUnroll=*/1);
  double cycles = estimateCycles(product, tile, target) * out.n * out.y * G;
  std::optional<RegisterTile> block;
  if (isBytes && hasKnownPixels(op)) {
    // Without dilation and groups a window's row is one run of the input.
    bool isOneRun = G == 1 && op.getDilations().back() == 1;
    int64_t runWords = isOneRun ? product.stepsAtOnce : C / G;
    product.depth = C / G;
    for (int64_t size : op.getKernel())
      product.depth *= size;
    block = chooseTiles(product, runWords, cpu);
    if (block) {
      tile = *block;
      target.dot = cpu.dot;
      cycles = estimateTileCycles(product, runWords, tile) * out.n * G;
    }
  }
  int64_t tasks = chooseTaskCount(cycles);
  SmallVector<int64_t> parallel;
  if (isSplit && (tasks > 1 || !type.hasStaticShape())) {
    // Filters that stay in the second-level cache are read by all tasks; larger ones are split, each part
    // read once, for which fewer tasks have to do.
    int64_t filterBytes = out.channels * K * 4;
    int64_t columnParts = G > 1 ? 1 : llvm::divideCeil(filterBytes, target.l2Bytes / 2);
    if (columnParts > 1)
      tasks = std::min(tasks, kEnoughTasks);
    if (out.n * out.y < std::min(tasks, kEnoughTasks))
      columnParts = G > 1 ? 1 : std::max<int64_t>(columnParts, llvm::divideCeil(tasks, out.n * out.y));
    parallel = cutWindowTasks(out, type.getRank(), tasks, std::min(columnParts, tasks), tile);
  }
  // Lines of a task are what meets the same filters.
  if (type.getRank() == 4 && !parallel.empty() && parallel[1] > 0)
    product.repeats = std::min(out.y, parallel[1]);
  if (type.getRank() == 5 && !parallel.empty())
    product.repeats = std::min(out.planes, parallel[1]) * std::min(out.lines, parallel[2]);
  auto sched = sched::CPUAttr::get(op.getContext(), sched::CPUKernel::conv, parallel, target.lanes,
                                   {tile.rows, tile.columns}, chooseDepth(product, tile, target), tile.unroll,
                                   target.hasFMA, isBytes ? target.dot : sched::CPUDot::none);
  return {sched,
          llvm::formatv("{0} of {1} by {2}: {3}x{4} {5}, about {6}", countOf(out.n * out.y * out.x, "pixel"),
                        countOf(K, "product"), countOf(out.channels, "channel"), tile.rows, tile.columns,
                        block ? "blocks of tiles" : "register tiles",
                        countOf(parallel.empty() ? 1 : tasks, "task"))
              .str()};
}

Choice weft::selectDepthwise(kernel::DepthwiseOp op, const CPUTarget &target, bool isSplit) {
  auto type = cast<ShapedType>(op.getInit().getType());
  OutputSizes out(type);
  int64_t taps = 1;
  for (int64_t size : op.getKernel())
    taps *= size;
  // Two vectors of channels use whole cache lines on every level; each tap needs an input vector per row and
  // one of weights, which leaves half of the registers for accumulators.
  int64_t vectors = out.channels > target.lanes ? 2 : 1;
  int64_t maxRows = std::max<int64_t>(1, target.numRegisters / 2 / vectors);
  // The fewest tiles, then the smallest that gives as few.
  int64_t rows = llvm::divideCeil(out.x, llvm::divideCeil(out.x, maxRows));
  RegisterTile tile = {rows, vectors * target.lanes, 1};
  double cycles = 1.0 * out.n * out.y * out.x * llvm::divideCeil(out.channels, target.lanes) * taps /
                  target.multipliesPerCycle * 2;
  int64_t tasks = chooseTaskCount(cycles);
  SmallVector<int64_t> parallel;
  if (isSplit && (tasks > 1 || !type.hasStaticShape()))
    parallel = cutWindowTasks(out, type.getRank(), tasks, out.y == 1 ? tasks : 1, tile);
  auto sched =
      sched::CPUAttr::get(op.getContext(), sched::CPUKernel::depthwise, parallel, target.lanes,
                          {tile.rows, tile.columns}, 0, tile.unroll, target.hasFMA, sched::CPUDot::none);
  return {sched, llvm::formatv("{0} of {1} by {2}: {3}x{4} register tiles, about {5}",
                               countOf(out.n * out.y * out.x, "pixel"), countOf(out.channels, "channel"),
                               countOf(taps, "tap"), tile.rows, tile.columns,
                               countOf(parallel.empty() ? 1 : tasks, "task"))
                     .str()};
}
