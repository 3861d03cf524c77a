// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tiling of a kernel's results with everything that they are computed from.
#ifndef WEFT_CODEGEN_TILEANDFUSE_H
#define WEFT_CODEGEN_TILEANDFUSE_H

#include "dialects/Kernel/IR/KernelOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <string>

namespace weft {

struct TileOptions {
  int64_t chunkPoints = 16384; ///< Iterations that one range should have.
  int64_t rowPoints = 4096;    ///< The same where rows are kept between operations.
};

/// What a root op looks like from the loops around it.
struct RootAnalysis {
  /// Loops of the root along which no expensive producer would be computed again, in order.
  llvm::SmallVector<unsigned> dims;
  /// Whether a producer keeps a temporary row or tile.
  bool hasTemporaries = false;
  /// Why producers cannot be computed tile by tile; empty when they can.
  std::string obstacle;
};

/// Looks at `root` and everything it is computed from. `mustCover` are producers that every tiled loop has to
/// move, because their results leave the kernel too.
RootAnalysis analyseRoot(mlir::linalg::LinalgOp root, llvm::ArrayRef<mlir::Operation *> mustCover);

/// Splits what `func` returns into tiles under one top-level `scf.forall`.
///
/// Requires: fuseLinalg has run. IR is correct whatever is returned.
/// Returns:  true when the kernel has become parallel; otherwise `reason` says why not.
bool tileAndFuse(mlir::RewriterBase &rewriter, mlir::kernel::FuncOp func, const TileOptions &options,
                 std::string &reason);

/// Splits a returned chain of slices put into an empty tensor (what a concatenation is) along dims that all
/// slices have whole, into tasks of about `points` elements.
///
/// Returns:  false, with nothing changed, when `result` is no such chain or makes one task.
bool splitConcatenation(mlir::RewriterBase &rewriter, mlir::Value result, int64_t points);

/// Makes a copy, which can be tiled, of each slice that `func` returns as it is.
void copyReturnedSlices(mlir::RewriterBase &rewriter, mlir::kernel::FuncOp func);

} // namespace weft

#endif // WEFT_CODEGEN_TILEANDFUSE_H
