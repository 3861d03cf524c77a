// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowering of linalg operations on memory to loops.
#ifndef WEFT_CODEGEN_LOWERLINALG_H
#define WEFT_CODEGEN_LOWERLINALG_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace weft {

struct LowerLinalgOptions {
  bool isPlainOrder = false; ///< Reductions add and multiply in the order of their loops.
  bool ignoresNaN = false;   ///< Minima and maxima of numbers with a NaN among them may be any number.
  /// Bytes of a vector where an op has no schedule: no level has narrower ones.
  int64_t vectorBytes = 16;
};

/// Replaces `op` by a nest of `scf.for`, chosen so that the innermost loop runs along contiguous memory.
///
/// Requires: `op` works on memrefs.
/// Numerics: float additions and multiplications that combine a reduction may be reassociated, by a fixed
/// order that
///           depends on the code alone, unless the options ask for the plain order.
/// Returns:  failure after reporting, when a body holds what loops cannot.
mlir::LogicalResult lowerLinalgToLoops(mlir::RewriterBase &rewriter, mlir::linalg::LinalgOp op,
                                       const LowerLinalgOptions &options = {});

} // namespace weft

#endif // WEFT_CODEGEN_LOWERLINALG_H
