// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fusion of elementwise linalg operations.
#ifndef WEFT_CODEGEN_FUSELINALG_H
#define WEFT_CODEGEN_FUSELINALG_H

#include "dialects/Kernel/IR/KernelOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace weft {

/// Whether evaluating the body of `op` twice costs less than storing and loading its result: a few simple
/// operations, no function, division or gather, no reduction.
bool isCheapToRecompute(mlir::linalg::LinalgOp op);

/// Fuses elementwise linalg ops of `func`.
///
/// Requires: tensors only.
/// Numerics: bit-exact; no operation is reordered.
/// Returns:  failure when the rewrite does not converge, which is a fault of ours.
mlir::LogicalResult fuseLinalg(mlir::kernel::FuncOp func);

/// Moves elementwise consumers of contractions, and the reshapes before them, into the contractions'
/// epilogues.
///
/// Requires: the contraction has one use, which reads it element by element.
/// Numerics: bit-exact; no operation is reordered.
mlir::LogicalResult fuseEpilogues(mlir::kernel::FuncOp func);

} // namespace weft

#endif // WEFT_CODEGEN_FUSELINALG_H
