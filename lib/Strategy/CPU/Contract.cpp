// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Chooses how matrix products are generated.
#include "CostModel.h"
#include "weft/Strategy/Select.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace weft;

// Sizes of dims that are unknown: a sequence of a transformer, its heads.
static constexpr int64_t kLikelyRows = 64;
static constexpr int64_t kLikelyColumns = 128;
static constexpr int64_t kLikelyDepth = 64;
static constexpr int64_t kLikelyBatch = 8;
// Rows of a task at least, where rows are cut for the cache: enough that reading the columns again costs
// little.
static constexpr int64_t kMinBlockRows = 64;
// Columns of one register tile at most: two packed panels.
static constexpr int64_t kMaxColumns = 64;

Choice weft::selectContract(kernel::ContractOp op, const CPUTarget &cpu, bool isSplit) {
  // Bytes are taken four at a time, as words.
  bool isBytes = op.isBytes();
  CPUTarget target = isBytes ? getByteTarget(cpu) : cpu;
  auto lhs = cast<ShapedType>(op.getLhs().getType()), out = cast<ShapedType>(op.getInit().getType());
  ArrayRef<int64_t> shape = out.getShape();
  int64_t numBatch = op.getNumBatchDims();
  int64_t M = sizeOr(shape[numBatch], kLikelyRows), N = sizeOr(shape[numBatch + 1], kLikelyColumns);
  int64_t K = sizeOr(lhs.getShape().back() / (isBytes ? 4 : 1), kLikelyDepth);
  Product product = {M, N, K, K * 4};
  product.canBlock = out.getElementType().isF32() && !isBytes;
  RegisterTile tile = chooseRegisterTile(product, target, kMaxColumns);
  double cycles = estimateCycles(product, tile, target);
  std::optional<RegisterTile> block;
  if (isBytes) {
    Product rows = product;
    rows.rows = shape[numBatch];
    block = chooseTiles(rows, /*runWords=*/K, cpu);
  }
  if (block) {
    tile = *block;
    target.dot = cpu.dot;
    cycles = estimateTileCycles(product, K, tile);
  }
  int64_t batch = 1;
  for (int64_t size : shape.take_front(numBatch))
    batch *= sizeOr(size, kLikelyBatch);

  SmallVector<int64_t> parallel;
  int64_t tasks = chooseTaskCount(cycles * batch);
  // An unknown size may be large: it is split as if it were.
  bool isStatic = out.hasStaticShape() && lhs.hasStaticShape();
  if (isSplit && (tasks > 1 || !isStatic)) {
    // Each batch element is a task of its own, or several, unless they are many and small.
    int64_t perBatch = llvm::divideCeil(tasks, batch);
    parallel.assign(numBatch, 1);
    int64_t inner = 1;
    for (int64_t i = numBatch - 1; isStatic && i > 0 && chooseTaskCount(cycles * inner * 2) == 1; --i) {
      parallel[i] = 0;
      inner *= shape[i];
    }
    // Columns first: a task then reads its part of the weights once. Rows when columns are few, or when all
    // rows do not stay in the second-level cache while the columns of a task pass by.
    int64_t rowsInCache = std::max(kMinBlockRows, target.l2Bytes / 4 / (K * 4));
    int64_t rowBlocks = M * K * 4 > target.l2Bytes / 2 ? llvm::divideCeil(M, rowsInCache) : 1;
    int64_t columnParts =
        std::min<int64_t>(llvm::divideCeil(perBatch, rowBlocks), llvm::divideCeil(N, tile.columns));
    int64_t rowParts = std::max<int64_t>(rowBlocks, llvm::divideCeil(perBatch, columnParts));
    if (columnParts * batch >= kEnoughTasks)
      rowParts = rowBlocks;
    parallel.push_back(cutEvenly(M, rowParts, tile.rows));
    parallel.push_back(cutEvenly(N, columnParts, tile.columns));
  }
  // Rows of a task are what meets the same columns.
  if (!parallel.empty())
    product.rows = std::min(M, parallel[numBatch]);
  int64_t depth = chooseDepth(product, tile, target);
  auto kind = M <= 2 ? sched::CPUKernel::gemv : sched::CPUKernel::gemm;
  auto sched =
      sched::CPUAttr::get(op.getContext(), kind, parallel, target.lanes, {tile.rows, tile.columns}, depth,
                          tile.unroll, target.hasFMA, isBytes ? target.dot : sched::CPUDot::none);
  return {sched, llvm::formatv("{0} of {1}x{2}x{3}: {4}x{5} {6}, about {7}", countOf(batch, "product"), M, N,
                               K, tile.rows, tile.columns, block ? "blocks of tiles" : "register tiles",
                               countOf(parallel.empty() ? 1 : tasks, "task"))
                     .str()};
}
