// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowering of reductions over small windows.
#ifndef WEFT_LIB_CODEGEN_LOWERWINDOW_H
#define WEFT_LIB_CODEGEN_LOWERWINDOW_H

#include "weft/Codegen/LowerLinalg.h"

namespace weft {

/// The `linalg.fill` that gives destination `init` of `op` its contents, if nothing reads or writes that
/// memory between the two; null otherwise.
mlir::linalg::FillOp findInitialFill(mlir::linalg::LinalgOp op, mlir::OpOperand &init);

/// Replaces `op`, sums or extrema over windows of a few elements that move along contiguous memory, by
/// vectors of neighbouring results with the windows unrolled. The last vector of a row overlaps the one
/// before. Its fill is erased.
///
/// Requires: `op` works on memrefs.
/// Returns:  whether it did; otherwise the op is as it was: it computes something else, its windows are large
///           or of unknown size, its destination holds more than a fill, or rows are shorter than a vector.
bool lowerWindow(mlir::RewriterBase &rewriter, mlir::linalg::LinalgOp op, const LowerLinalgOptions &options);

} // namespace weft

#endif // WEFT_LIB_CODEGEN_LOWERWINDOW_H
