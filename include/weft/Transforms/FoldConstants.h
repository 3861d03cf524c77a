// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates ops on constants at compile time.
#ifndef WEFT_TRANSFORMS_FOLDCONSTANTS_H
#define WEFT_TRANSFORMS_FOLDCONSTANTS_H

#include "mlir/Support/LLVM.h"

#include <cstdint>

namespace mlir::func {
class FuncOp;
} // namespace mlir::func

namespace weft {

struct FoldConstantsOptions {
  /// Bytes that a result may always have.
  int64_t maxBytes = 64 * 1024;
  /// A greater result may have so many times the bytes of the op's operands: 8 admits 4-bit weights made f32.
  int64_t maxGrowth = 8;
};

struct FoldConstantsResult {
  int64_t folded = 0;  ///< ops evaluated
  int64_t removed = 0; ///< ops without effect or user
};

/// Replaces ops whose operands are all constant by their value, in program order, and removes dead ops.
///
/// Evaluation is EvaluableOpInterface, so that results have the reference's semantics. Results beyond the
/// limits stay computed: a broadcast or iota of constants is cheaper than its value. Block-wise dequantised
/// weights stay as they are. Returns: what was done; an op whose evaluation fails (after a diagnostic) stays.
mlir::FailureOr<FoldConstantsResult> foldConstants(mlir::func::FuncOp func,
                                                   const FoldConstantsOptions &options);

} // namespace weft

#endif // WEFT_TRANSFORMS_FOLDCONSTANTS_H
