// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves the divisions of quantisations into constants of what they quantise.
#ifndef WEFT_TRANSFORMS_ABSORBSCALES_H
#define WEFT_TRANSFORMS_ABSORBSCALES_H

#include "mlir/IR/PatternMatch.h"

namespace weft {

/// Rewrites `quantize(f(x * c, dequantize(q, t), d), s)` to `quantize(f(x * (c / s), dequantize(q, t / s), d
/// / s), 1)`, where f adds, subtracts, takes maxima and minima or moves elements.
///
/// Requires: `quantize` is a weft.quantize.
/// Numerics: f32; a result is at most one step from that of the division, where the quotient lies next to the
/// middle of two. Returns:  failure, with the IR as it was, after giving the reason to the rewriter.
mlir::LogicalResult absorbScale(mlir::RewriterBase &rewriter, mlir::Operation *quantize);

/// Leaves out a maximum or minimum with a constant that the range of the quantised type takes anyway: a ReLU
/// before unsigned bytes with zero point 0.
///
/// Requires: `quantize` is a weft.quantize.
/// Returns:  failure, with the IR as it was, after giving the reason to the rewriter.
mlir::LogicalResult dropClamp(mlir::RewriterBase &rewriter, mlir::Operation *quantize);

} // namespace weft

#endif // WEFT_TRANSFORMS_ABSORBSCALES_H
