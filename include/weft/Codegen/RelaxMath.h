// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Float arithmetic that need not be done as it is written.
#ifndef WEFT_CODEGEN_RELAXMATH_H
#define WEFT_CODEGEN_RELAXMATH_H

#include "mlir/IR/PatternMatch.h"

namespace weft {

/// Lets sums, differences and products in `root` be reassociated and fused, and makes its minima
/// and maxima take the second operand when one is NaN.
///
/// Numerics: any order of terms, products fused with sums, zeros of either sign.
void relaxMath(mlir::RewriterBase &rewriter, mlir::Operation *root);

} // namespace weft

#endif // WEFT_CODEGEN_RELAXMATH_H
