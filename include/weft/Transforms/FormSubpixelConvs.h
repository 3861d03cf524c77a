// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Transposed convolutions as convolutions of stride 1, one per place between two input pixels.
#ifndef WEFT_TRANSFORMS_FORMSUBPIXELCONVS_H
#define WEFT_TRANSFORMS_FORMSUBPIXELCONVS_H

#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/IR/PatternMatch.h"

namespace weft {

/// Rewrites a transposed convolution of strides s to convolutions of stride 1 whose results are interleaved.
///
/// With u = o + pad, output pixel `q * s + p` of phase p in [0, s) sums `in[q - j] * filter[p + s * j]`: a
/// convolution with every s-th tap, in reverse. Phases with equally many taps are features of one
/// convolution, else each is its own.
///
/// Shapes:   channels last; static spatial dims and filter.
/// Requires: no dilation, pads of at least 0, at least as many taps as the stride. IR is unchanged on
/// failure. Numerics: the products of the reference, added in another order. Returns:  failure after giving
/// the reason to the rewriter.
mlir::LogicalResult formSubpixelConvs(mlir::RewriterBase &rewriter, mlir::weft::ConvTransposeOp op);

} // namespace weft

#endif // WEFT_TRANSFORMS_FORMSUBPIXELCONVS_H
