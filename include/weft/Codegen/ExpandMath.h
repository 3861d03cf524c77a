// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expansion of mathematical functions and conversions into arithmetic.
#ifndef WEFT_CODEGEN_EXPANDMATH_H
#define WEFT_CODEGEN_EXPANDMATH_H

#include "mlir/IR/PatternMatch.h"

namespace weft {

struct ExpandMathOptions {
  bool hasFMA = true;  ///< The level has fused multiply-add.
  bool hasF16C = true; ///< The level converts between f16 and f32.
};

/// Adds patterns that replace functions on f32 and f64, scalars or vectors, by arith ops.
void populateExpandMathPatterns(mlir::RewritePatternSet &patterns, const ExpandMathOptions &options);

/// Adds patterns that replace conversions from and to floats of 16 and 8 bits that have no instruction.
void populateExpandConversionPatterns(mlir::RewritePatternSet &patterns, const ExpandMathOptions &options);

/// Makes arithmetic on floats of 16 and 8 bits go through f32, rounding after each operation.
mlir::LogicalResult widenNarrowArithmetic(mlir::Operation *op);

} // namespace weft

#endif // WEFT_CODEGEN_EXPANDMATH_H
