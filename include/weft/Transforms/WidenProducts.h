// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Computes convolutions and recurrent cells of half precision in f32.
#ifndef WEFT_TRANSFORMS_WIDENPRODUCTS_H
#define WEFT_TRANSFORMS_WIDENPRODUCTS_H

#include "mlir/IR/PatternMatch.h"

namespace weft {

/// Rewrites a convolution, transposed convolution or recurrent cell `f(x, w)` of f16 or bf16 to
/// `f(cast(x), cast(w))` in f32; results of cells are cast back.
///
/// Requires: `op` is one of these ops. IR is unchanged on failure.
/// Numerics: bit-exact: such ops add up in f32 and round once, at the end, and every f16 is an f32.
/// Returns:  failure after giving the reason to the rewriter.
mlir::LogicalResult widenProduct(mlir::RewriterBase &rewriter, mlir::Operation *op);

} // namespace weft

#endif // WEFT_TRANSFORMS_WIDENPRODUCTS_H
