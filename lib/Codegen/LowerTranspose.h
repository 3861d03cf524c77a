// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowering of linalg operations that move elements from one contiguous dim to another.
#ifndef WEFT_LIB_CODEGEN_LOWERTRANSPOSE_H
#define WEFT_LIB_CODEGEN_LOWERTRANSPOSE_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace weft {

/// Replaces `op`, a copy whose source is contiguous along another loop than its destination, by loops over
/// square blocks that are transposed in registers: every cache line is read once and written once, whatever
/// the strides.
///
/// Requires: `op` works on memrefs; its loops in `order` are those of a nest, outermost first.
/// Returns:  whether it did; otherwise the op is as it was: it computes something, its elements are not whole
///           bytes, or one of the two loops is too short.
///
/// `vectorBytes` is how wide vectors are where `op` has no schedule.
bool lowerTranspose(mlir::RewriterBase &rewriter, mlir::linalg::LinalgOp op, llvm::ArrayRef<unsigned> order,
                    int64_t vectorBytes);

} // namespace weft

#endif // WEFT_LIB_CODEGEN_LOWERTRANSPOSE_H
