// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns contractions of dequantised bytes into contractions of the bytes.
#ifndef WEFT_TRANSFORMS_FORMINTEGERPRODUCTS_H
#define WEFT_TRANSFORMS_FORMINTEGERPRODUCTS_H

#include "mlir/IR/PatternMatch.h"

namespace weft {

/// Rewrites `conv(dequantize(x, s, z), dequantize(w, t, v)) + dequantize(b, s * t)` to `cast(conv(x, w, z, v)
/// + b) * (s * t)`, with or without a bias; matmul likewise.
///
/// Shapes:   s and z have one element; t, v and b one element or one per channel of the result.
/// Requires: x of any bytes, w a constant of bytes, f32 scales.
/// Numerics: products and sums are exact in i32, which wraps after 2^15 products at least.
/// Returns:  failure, with the IR as it was, after giving the reason to the rewriter.
mlir::LogicalResult formIntegerProduct(mlir::RewriterBase &rewriter, mlir::Operation *contraction);

/// Brings a contraction of bytes closer to the form that kernels exist for: a constant right side of signed
/// bytes without zero points, a left side with a zero point known at compile time, and a depth of whole
/// groups of 4.
///
/// Returns: failure, with the IR as it was, after giving the reason to the rewriter: it has that form, or
/// cannot get it.
mlir::LogicalResult normalizeIntegerProduct(mlir::RewriterBase &rewriter, mlir::Operation *contraction);

void populateIntegerProductPatterns(mlir::RewritePatternSet &patterns);

} // namespace weft

#endif // WEFT_TRANSFORMS_FORMINTEGERPRODUCTS_H
