// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Estimates cycles of register tiles from a target's ports, registers and caches.
#include "CostModel.h"

#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace mlir;
using namespace weft;

// Cycles around the innermost loop of a tile: addresses, first loads, filling and draining the multiply
// pipeline.
static constexpr double kTileOverheadCycles = 20;
// Cycles to finish one vector of a tile: epilogue and store.
static constexpr double kStoreCycles = 2;
// Bytes that the second-level cache delivers per cycle, sustained, next to the multiplications; fewer from a
// panel so long that each pass over it is a stream through the cache.
static constexpr double kL2BytesPerCycle = 20;
static constexpr double kL2StreamBytesPerCycle = 12;
// A task of fewer cycles costs more to hand out than it gains: about 4 microseconds at 3 GHz.
static constexpr double kMinTaskCycles = 12000;
// Tasks for large work: four for each of sixteen threads, so that the last ones to finish wait little.
static constexpr int64_t kMaxTasks = 64;

// Whether accumulators, a row of operands and a broadcast fit the registers.
static bool fits(int64_t rows, int64_t vectors, int64_t unroll, const CPUTarget &target) {
  return rows * vectors * unroll + vectors + 1 <= target.numRegisters;
}

// Whether a panel is so long that each pass over it is a stream through the second-level cache.
static bool isStream(int64_t panelBytes, const CPUTarget &target) { return panelBytes > target.l2Bytes / 4; }

// Register tiles that one after another meet the same columns.
static int64_t countRowTiles(const Product &product, int64_t rows) {
  return llvm::divideCeil(product.rows, rows) * product.repeats;
}

int64_t weft::chooseDepth(const Product &product, const RegisterTile &tile, const CPUTarget &target) {
  // Fewer tiles would not repay storing and loading the sums, nor would fewer steps.
  constexpr int64_t kMinTiles = 3, kMinSteps = 96;
  int64_t bytesPerStep = tile.columns * 4;
  if (!product.canBlock || tile.unroll > 1 || !isStream(product.depth * bytesPerStep, target) ||
      countRowTiles(product, tile.rows) < kMinTiles)
    return 0;
  int64_t atOnce = product.stepsAtOnce > 0 ? product.stepsAtOnce : product.depth;
  int64_t limit = target.l1Bytes * 3 / 4 / bytesPerStep;
  int64_t steps = llvm::divideCeil(atOnce, llvm::divideCeil(atOnce, limit));
  return steps < std::min(kMinSteps, limit) ? 0 : steps;
}

// Cycles of one step of the innermost loop of `rows` x `vectors` accumulators, `unroll` steps at a time.
static double stepCycles(int64_t rows, int64_t vectors, int64_t unroll, const Product &product,
                         const CPUTarget &target) {
  double multiplies = rows * vectors / target.multipliesPerCycle;
  double loads = (rows + vectors) / target.loadsPerCycle;
  double latency = static_cast<double>(target.multiplyLatency) / unroll;
  double cycles = std::max({multiplies, loads, latency});
  int64_t bytesPerStep = vectors * target.lanes * 4, panelBytes = product.depth * bytesPerStep;
  if (panelBytes <= target.l1Bytes / 2)
    return cycles;
  // Columns that do not stay in the first-level cache come from the second: for every tile, or once for all
  // tiles when they are taken a part of the depth at a time, which costs storing and loading the sums.
  double far = bytesPerStep / (isStream(panelBytes, target) ? kL2StreamBytesPerCycle : kL2BytesPerCycle);
  int64_t depth = chooseDepth(product, {rows, vectors * target.lanes, unroll}, target);
  if (depth == 0)
    return std::max(cycles, far);
  return std::max(cycles, far / countRowTiles(product, rows)) + rows * vectors * kStoreCycles / depth;
}

static double tileCycles(int64_t rows, int64_t vectors, int64_t unroll, const Product &product,
                         const CPUTarget &target) {
  return product.depth * stepCycles(rows, vectors, unroll, product, target) + kTileOverheadCycles +
         rows * vectors * kStoreCycles;
}

double weft::estimateCycles(const Product &product, const RegisterTile &tile, const CPUTarget &target) {
  int64_t vectors = tile.columns / target.lanes;
  int64_t wholeColumns = product.columns / tile.columns;
  int64_t restVectors = llvm::divideCeil(product.columns % tile.columns, target.lanes);
  int64_t wholeRows = product.rows / tile.rows, restRows = product.rows % tile.rows;
  // Remainders keep as many accumulators busy as a whole tile does, by unrolling.
  auto unrollFor = [&](int64_t rows, int64_t count) {
    return std::clamp<int64_t>(tile.rows * vectors * tile.unroll / (rows * count), 1, 8);
  };
  double cycles = 0;
  auto addColumns = [&](int64_t count, int64_t times) {
    if (count == 0 || times == 0)
      return;
    cycles += times * wholeRows * tileCycles(tile.rows, count, unrollFor(tile.rows, count), product, target);
    if (restRows > 0)
      cycles += times * tileCycles(restRows, count, unrollFor(restRows, count), product, target);
  };
  addColumns(vectors, wholeColumns);
  addColumns(restVectors, restVectors > 0 ? 1 : 0);
  return cycles;
}

RegisterTile weft::chooseRegisterTile(const Product &product, const CPUTarget &target, int64_t columnLimit,
                                      int64_t maxUnroll) {
  RegisterTile best = {1, target.lanes, 1};
  double bestCycles = 0;
  // Rows whose distance is a multiple of 4 KiB lie in one set of the first-level cache.
  int64_t maxRows = product.rowBytes % 4096 == 0 ? target.l1Ways : target.numRegisters;
  maxRows = std::min(maxRows, product.rows);
  // Few rows read the right side once: by whole cache lines and panels, from far away.
  constexpr int64_t kFewRows = 4, kPanel = 32;
  int64_t minColumns = product.rows <= kFewRows ? std::min(kPanel, columnLimit) : target.lanes;
  for (int64_t columns = minColumns; columns <= columnLimit; columns *= 2)
    for (int64_t rows = 1; rows <= maxRows; ++rows)
      for (int64_t unroll = 1; unroll <= maxUnroll; unroll *= 2) {
        int64_t vectors = columns / target.lanes;
        if (!fits(rows, vectors, unroll, target))
          break;
        // More accumulators than the pipeline is deep gain nothing.
        if (unroll > 1 && rows * vectors * unroll / 2 >= 2 * target.multiplyLatency)
          break;
        RegisterTile tile = {rows, columns, unroll};
        double cycles = estimateCycles(product, tile, target);
        // Of one tile that is as fast either way, few accumulators wait less for each other when unrolled.
        bool isUnrolledBest = rows == best.rows && columns == best.columns && cycles <= bestCycles &&
                              rows * vectors <= target.multiplyLatency;
        if (bestCycles == 0 || cycles < bestCycles * 0.995 || isUnrolledBest) {
          best = tile;
          bestCycles = cycles;
        }
      }
  return best;
}

// Sizes of a tile, and what its instructions take in cycles: a product with so few rows takes no less.
static constexpr int64_t kTileRows = 16, kTileColumns = 16, kTileWords = 16;
static constexpr double kMinTileCycles = 10, kTileLoadCycles = 8, kTileStoreCycles = 16;
// Fewer rows, or words, do not repay storing the sums and loading them again.
static constexpr int64_t kMinTiledRows = 3, kMinTiledWords = 8;
// Words of a run at least: shorter ones leave most of a product's time unused.
static constexpr int64_t kMinRunWords = 4;

std::optional<RegisterTile> weft::chooseTiles(const Product &product, int64_t runWords,
                                              const CPUTarget &target) {
  bool isDynamic = ShapedType::isDynamic(product.rows);
  if (target.dot != sched::CPUDot::tdpbusd || (!isDynamic && product.rows < kMinTiledRows) ||
      product.depth < kMinTiledWords || runWords < kMinRunWords)
    return std::nullopt;
  int64_t columns = product.columns > kTileColumns ? 2 * kTileColumns : kTileColumns;
  if (isDynamic)
    return RegisterTile{2 * kTileRows, columns, 1};
  // The fewest tiles, then the smallest that gives as few; two at once where there are two.
  int64_t count = llvm::divideCeil(product.rows, kTileRows), rows = llvm::divideCeil(product.rows, count);
  return RegisterTile{std::min<int64_t>(count, 2) * rows, columns, 1};
}

double weft::estimateTileCycles(const Product &product, int64_t runWords, const RegisterTile &block) {
  int64_t height = block.rows > kTileRows ? 2 : 1, width = block.columns / kTileColumns,
          rows = block.rows / height;
  int64_t steps = product.depth / runWords * llvm::divideCeil(runWords, kTileWords);
  double step =
      std::max(height * width * std::max<double>(kMinTileCycles, rows), (height + width) * kTileLoadCycles);
  double sums = height * width * kTileStoreCycles + block.rows * width * kStoreCycles;
  return (steps * step + sums + kTileOverheadCycles) * llvm::divideCeil(product.columns, block.columns) *
         countRowTiles(product, block.rows);
}

CPUTarget weft::getByteTarget(const CPUTarget &target) {
  CPUTarget result = getTargetWithoutTiles(target);
  if (result.dot == sched::CPUDot::vpdpbusd)
    return result;
  // Two products of pairs and two additions instead of one instruction; each vector of columns and the row
  // are held in two halves, a product in one register more.
  result.multipliesPerCycle /= 3;
  result.numRegisters -= 5;
  return result;
}

int64_t weft::chooseTaskCount(double cycles) {
  return std::clamp<int64_t>(static_cast<int64_t>(cycles / kMinTaskCycles), 1, kMaxTasks);
}

std::string weft::countOf(int64_t number, llvm::StringRef what) {
  return std::to_string(number) + " " + what.str() + (number == 1 ? "" : "s");
}

int64_t weft::cutEvenly(int64_t size, int64_t count, int64_t unit) {
  int64_t units = llvm::divideCeil(size, unit);
  return llvm::divideCeil(units, std::clamp<int64_t>(count, 1, units)) * unit;
}
