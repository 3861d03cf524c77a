// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bufferisation of kernels and the placement of their temporary memory.
#ifndef WEFT_CODEGEN_BUFFERIZE_H
#define WEFT_CODEGEN_BUFFERIZE_H

#include "dialects/Kernel/IR/KernelOps.h"

namespace weft {

struct BufferizeResult {
  int64_t numBound = 0;  ///< Results computed in place.
  int64_t numCopied = 0; ///< Results copied to their place at the end.
};

/// Turns the tensors of `func` into memrefs; results become arguments, last.
///
/// Requires: no other thread works on the module: constants become globals of it.
/// Returns:  what happened to the results, or failure after reporting.
mlir::FailureOr<BufferizeResult> bufferizeKernel(mlir::kernel::FuncOp func);

/// Moves allocations of `func` to its start and on the stack, up to `maxStackBytes` in all.
///
/// Returns: failure after reporting, when a size cannot be bounded by what is known at the start.
mlir::LogicalResult promoteBuffers(mlir::kernel::FuncOp func, int64_t maxStackBytes);

} // namespace weft

#endif // WEFT_CODEGEN_BUFFERIZE_H
