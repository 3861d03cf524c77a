// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowering of linalg operations on memory to loops.
#ifndef WEFT_CODEGEN_LOWERLINALG_H
#define WEFT_CODEGEN_LOWERLINALG_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace weft {

/// Replaces `op` by a nest of `scf.for`, chosen so that the innermost loop runs along contiguous memory.
///
/// Requires: `op` works on memrefs.
/// Numerics: float additions and multiplications that combine a reduction may be reassociated, by a fixed
/// order that
///           depends on the code alone.
/// Returns:  failure after reporting, when a body holds what loops cannot.
mlir::LogicalResult lowerLinalgToLoops(mlir::RewriterBase &rewriter, mlir::linalg::LinalgOp op);

} // namespace weft

#endif // WEFT_CODEGEN_LOWERLINALG_H
