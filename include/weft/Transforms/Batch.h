// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rewrites a model made for one sample into one for a batch.
#ifndef WEFT_TRANSFORMS_BATCH_H
#define WEFT_TRANSFORMS_BATCH_H

#include "mlir/Support/LLVM.h"

#include <cstdint>
#include <string>

namespace mlir::func {
class FuncOp;
} // namespace mlir::func

namespace weft {

struct BatchOptions {
  /// Samples per batch; 0: any number, named by `symbol`.
  int64_t size = 0;
  std::string symbol = "batch";
};

struct BatchResult {
  int64_t values = 0; ///< values that carry the batch
};

/// Gives every argument of `func` whose dim 0 has size 1 the batch there, and follows it through the ops.
///
/// Where arguments have dims of unknown size, a fixed batch is the size of the symbol that counts samples:
/// one with a name like `batch` or `n` in any dim, else the one that every unknown dim 0 has.
///
/// Where a value carries the batch follows from the ops (BatchableOpInterface): the dim must be a parallel
/// factor of the op's dimension map, or one that a rule of its own keeps. A merged dim `[batch * S]` is
/// followed too, and bodies of loops and branches. Operands without batch are widened where the op does not
/// broadcast.
/// Errors:   a diagnostic at each argument that is unsuited, or at the first op that mixes samples; `func` is
///           then half rewritten.
mlir::FailureOr<BatchResult> batch(mlir::func::FuncOp func, const BatchOptions &options);

} // namespace weft

#endif // WEFT_TRANSFORMS_BATCH_H
