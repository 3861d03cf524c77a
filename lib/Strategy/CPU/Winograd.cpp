// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Chooses where and how Winograd's algorithm computes convolutions.
#include "CostModel.h"
#include "weft/Strategy/Select.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace weft;

// Bytes per cycle of filters that come from beyond the second-level cache: every layer's do, each run.
static constexpr double kFarBytesPerCycle = 5;
// The same of data that was written a moment ago, or is read for the second time.
static constexpr double kNearBytesPerCycle = 12;
// Columns of a register tile at most: two packed panels.
static constexpr int64_t kMaxColumns = 64;
// What the algorithm must gain to be worth its rounding and memory.
static constexpr double kMinGain = 0.85;
// Floats of padding behind a row of channels (see the generator).
static constexpr int64_t kRowPadding = 16;

namespace {

// A convolution in output tiles of `tile` x `tile`.
struct Tiling {
  Tiling(ShapedType in, ShapedType out, int64_t tile)
      : tile(tile), C(in.getShape().back()), F(out.getShape().back()), n(sizeOr(out.getDimSize(0), 1)),
        lines(llvm::divideCeil(out.getDimSize(1), tile)), perLine(llvm::divideCeil(out.getDimSize(2), tile)) {
  }

  int64_t positions() const { return (tile + 2) * (tile + 2); }
  int64_t filterBytes() const { return positions() * C * static_cast<int64_t>(llvm::alignTo(F, 32)) * 4; }

  int64_t tile, C, F, n, lines, perLine;
};

// How a tiling is cut: lines of tiles and columns of a task, and the cycles of all tasks together.
struct Cut {
  int64_t lines, columns;
  RegisterTile registers;
  double cycles;
  int64_t tasks;
};

} // namespace

// Cycles of the transforms of one vector of channels of one patch, and of one vector of columns of one tile:
// loads, stores and arithmetic of 2 * (tile + 2) and (tile + 2) + tile one-dimensional transforms.
static double patchCycles(int64_t tile, const CPUTarget &target) {
  return (tile == 2 ? 50.0 : 150.0) * 2 / target.multipliesPerCycle;
}
static double resultCycles(int64_t tile, const CPUTarget &target) {
  return (tile == 2 ? 45.0 : 130.0) * 2 / target.multipliesPerCycle;
}

// Cycles of work that reads `filterBytes` from far away: read ahead, most of the shorter one is hidden.
static double addReading(double cycles, int64_t filterBytes) {
  constexpr double kShown = 0.25;
  double reading = static_cast<double>(filterBytes) / kFarBytesPerCycle;
  return std::max(cycles, reading) + kShown * std::min(cycles, reading);
}

static Cut estimateCut(const Tiling &tiling, int64_t lines, int64_t columns, const CPUTarget &target) {
  int64_t count = lines * tiling.perLine;
  Product product = {count, columns, tiling.C, (tiling.C + kRowPadding) * 4};
  product.canBlock = false;
  RegisterTile registers = chooseRegisterTile(product, target, kMaxColumns, /*maxUnroll=*/1);
  int64_t blocks = tiling.n * llvm::divideCeil(tiling.lines, lines);
  int64_t parts = llvm::divideCeil(tiling.F, columns);
  double patches = count * llvm::divideCeil(tiling.C, target.lanes) * patchCycles(tiling.tile, target);
  double results = count * llvm::divideCeil(columns, target.lanes) * resultCycles(tiling.tile, target);
  double products = tiling.positions() * estimateCycles(product, registers, target);
  // Each task reads its part of the filters; they stay in the second-level cache if they are small.
  double filters = static_cast<double>(tiling.filterBytes()) / parts;
  double reading = tiling.filterBytes() > target.l2Bytes / 2 ? filters / kNearBytesPerCycle : 0;
  // Transformed patches are written once and read for every register tile of columns.
  int64_t patchBytes = tiling.positions() * count * (tiling.C + kRowPadding) * 4;
  int64_t resultBytes = tiling.positions() * count * registers.columns * 4;
  double spilling = 0;
  if (patchBytes + resultBytes > target.l2Bytes * 3 / 4)
    spilling = patchBytes * (1.0 + static_cast<double>(columns) / registers.columns) / kNearBytesPerCycle;
  return {lines, columns, registers,
          blocks * parts * (patches + results + std::max(products, reading) + spilling), blocks * parts};
}

// The best cut with enough tasks for the work that there is; one task if `isSplit` is false.
static Cut chooseCut(const Tiling &tiling, const CPUTarget &target, bool isSplit) {
  Cut best = estimateCut(tiling, tiling.lines, tiling.F, target);
  if (!isSplit)
    return best;
  constexpr int64_t kMinTasks = 8;
  int64_t wanted = std::min(chooseTaskCount(best.cycles), kMinTasks);
  auto rate = [&](const Cut &cut) {
    // Threads that wait for the last task: half a task each.
    double waiting = cut.tasks < wanted ? static_cast<double>(wanted) / cut.tasks : 1;
    return cut.cycles * waiting * (1 + 0.5 / cut.tasks);
  };
  for (int64_t lines = tiling.lines; lines > 0; lines = lines == 1 ? 0 : llvm::divideCeil(lines, 2))
    for (int64_t parts = 1; parts <= kMinTasks; parts *= 2) {
      int64_t columns = cutEvenly(tiling.F, parts, kMaxColumns);
      if (parts > 1 && columns == cutEvenly(tiling.F, parts / 2, kMaxColumns))
        break;
      Cut cut = estimateCut(tiling, lines, std::min(columns, tiling.F), target);
      if (rate(cut) < rate(best) * 0.99)
        best = cut;
    }
  return best;
}

int64_t weft::chooseWinogradTile(kernel::ConvOp op, const CPUTarget &target, int64_t maxTile) {
  auto in = cast<ShapedType>(op.getInput().getType()), out = cast<ShapedType>(op.getInit().getType());
  auto isAll = [](ArrayRef<int64_t> list, int64_t value) {
    return llvm::all_of(list, [&](int64_t entry) { return entry == value; });
  };
  if (op.getNumSpatialDims() != 2 || !isAll(op.getKernel(), 3) || !isAll(op.getStrides(), 1) ||
      !isAll(op.getDilations(), 1) || op.getGroups() != 1 || op.isBytes())
    return 0;
  for (int64_t dim : {1, 2})
    if (in.isDynamicDim(dim) || out.isDynamicDim(dim) || out.getDimSize(dim) == 0)
      return 0;
  int64_t C = in.getShape().back(), F = out.getShape().back(), K = 9 * C;
  Product product = {out.getDimSize(2), F, K, C * 4};
  product.repeats = out.getDimSize(1);
  product.stepsAtOnce = 3 * C;
  product.canBlock = out.getElementType().isF32();
  RegisterTile registers = chooseRegisterTile(product, target, kMaxColumns, /*maxUnroll=*/1);
  double best =
      kMinGain * addReading(estimateCycles(product, registers, target) * out.getDimSize(1), F * K * 4);
  int64_t chosen = 0;
  for (int64_t tile : {4, 2}) {
    if (tile > maxTile)
      continue;
    // For one image, whatever the batch is: entries for several batches share the filters' one form.
    Tiling tiling(in, out, tile);
    tiling.n = 1;
    double cycles = addReading(chooseCut(tiling, target, /*isSplit=*/true).cycles, tiling.filterBytes());
    if (cycles < best) {
      best = cycles;
      chosen = tile;
    }
  }
  return chosen;
}

Choice weft::selectWinograd(kernel::WinogradOp op, const CPUTarget &target, bool isSplit) {
  auto out = cast<ShapedType>(op.getInit().getType());
  Tiling tiling(cast<ShapedType>(op.getInput().getType()), out, op.getTile());
  Cut cut = chooseCut(tiling, target, isSplit);
  SmallVector<int64_t> parallel;
  int64_t columns = cut.columns == tiling.F ? 0 : cut.columns;
  if (isSplit && (cut.tasks > 1 || !out.hasStaticShape()))
    parallel = {1, cut.lines == tiling.lines ? 0 : cut.lines * tiling.tile, 0, columns};
  auto sched = sched::CPUAttr::get(op.getContext(), sched::CPUKernel::winograd, parallel, target.lanes,
                                   {cut.registers.rows, cut.registers.columns}, /*depth=*/0, /*unroll=*/1,
                                   target.hasFMA, sched::CPUDot::none);
  return {sched, llvm::formatv("{0} of {1}x{1} pixels from {2} to {3}: {4}x{5} register tiles, about {6}",
                               countOf(tiling.n * tiling.lines * tiling.perLine, "tile"), tiling.tile,
                               tiling.C, countOf(tiling.F, "channel"), cut.registers.rows,
                               cut.registers.columns, countOf(parallel.empty() ? 1 : cut.tasks, "task"))
                     .str()};
}
