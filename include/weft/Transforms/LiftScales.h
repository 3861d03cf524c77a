// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves scales of quantised operands behind contractions.
#ifndef WEFT_TRANSFORMS_LIFTSCALES_H
#define WEFT_TRANSFORMS_LIFTSCALES_H

#include "mlir/IR/PatternMatch.h"

namespace weft {

/// Rewrites `conv(dequantize(x, s), dequantize(w, t))` to `conv(dequantize(x, 1), dequantize(w, 1)) * (s *
/// t)`; matmul likewise.
///
/// Shapes:   s has one element; t one element or one per channel (column) of the result.
/// Requires: operands dequantised to f32, not block-wise and without a table. IR is unchanged on failure.
/// Numerics: products and sums are those of whole numbers, exact while below 2^24: as integer kernels compute
/// them,
///           and more accurate than sums of scaled values.
/// Returns:  failure after giving the reason to the rewriter.
mlir::LogicalResult liftScales(mlir::RewriterBase &rewriter, mlir::Operation *contraction);

void populateLiftScalesPatterns(mlir::RewritePatternSet &patterns);

} // namespace weft

#endif // WEFT_TRANSFORMS_LIFTSCALES_H
