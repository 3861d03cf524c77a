// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cycles of register tiles, and how work is cut into tasks.
#ifndef WEFT_LIB_STRATEGY_CPU_COSTMODEL_H
#define WEFT_LIB_STRATEGY_CPU_COSTMODEL_H

#include "mlir/IR/BuiltinTypeInterfaces.h"
#include "weft/Strategy/TargetInfo.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace weft {

/// Rows and columns that one innermost loop computes, and its steps with accumulators of their own.
struct RegisterTile {
  int64_t rows, columns, unroll;
};

/// A matrix product as a register tile sees it. Sizes are positive.
struct Product {
  int64_t rows, columns, depth;
  /// Bytes from one row of the left side to the next.
  int64_t rowBytes;
  /// How many sets of `rows` rows meet the same columns; their tiles do not mix.
  int64_t repeats = 1;
  /// Steps of the contracted dim that can be taken at once; at most `depth`.
  int64_t stepsAtOnce = 0;
  /// Whether sums can wait in the output.
  bool canBlock = true;
};

/// The tile for which `product` takes the fewest cycles; `columnLimit` bounds its columns, `maxUnroll` its
/// unrolling.
///
/// Columns are powers of two of whole vectors, so that they divide panels or are made of whole ones.
RegisterTile chooseRegisterTile(const Product &product, const CPUTarget &target, int64_t columnLimit,
                                int64_t maxUnroll = 8);

/// Cycles that `product` takes with `tile`.
double estimateCycles(const Product &product, const RegisterTile &tile, const CPUTarget &target);

/// Steps that all rows take before the next ones (`depth` of #sched.cpu), or 0 for all at once.
int64_t chooseDepth(const Product &product, const RegisterTile &tile, const CPUTarget &target);

/// The block of tiles for a product of bytes whose depth is made of runs of `runWords` words, `product.depth`
/// words in all; none where vectors are as fast, or the target has no tiles.
///
/// `product.rows` is ShapedType::kDynamic where it is unknown: then short products take vectors at run time.
std::optional<RegisterTile> chooseTiles(const Product &product, int64_t runWords, const CPUTarget &target);

/// Cycles that `product` takes with blocks of tiles.
double estimateTileCycles(const Product &product, int64_t runWords, const RegisterTile &block);

/// The target as products of bytes see it: words of four bytes take the place of f32.
CPUTarget getByteTarget(const CPUTarget &target);

/// Number of tasks that `cycles` of work should be cut into: enough that all threads stay busy to the end,
/// none so small that handing it out costs more than it gains. 1: not worth a second thread.
int64_t chooseTaskCount(double cycles);

/// Tasks that keep a machine busy well enough: more only if they cost nothing, such as reading weights again.
inline constexpr int64_t kEnoughTasks = 16;

/// The static size of a dim, or a middling guess.
inline int64_t sizeOr(int64_t size, int64_t guess) {
  return mlir::ShapedType::isDynamic(size) ? guess : std::max<int64_t>(size, 1);
}

/// "1 task", "64 tasks": a number and what it counts, which gets an s for any number but 1.
std::string countOf(int64_t number, llvm::StringRef what);

/// Cuts a dim of `size` into at most `count` parts of equal size, a multiple of `unit`; returns the size of a
/// part.
int64_t cutEvenly(int64_t size, int64_t count, int64_t unit);

} // namespace weft

#endif // WEFT_LIB_STRATEGY_CPU_COSTMODEL_H
