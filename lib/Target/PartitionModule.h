// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Splits a module into parts that compile on their own.
#ifndef WEFT_LIB_TARGET_PARTITIONMODULE_H
#define WEFT_LIB_TARGET_PARTITIONMODULE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

namespace weft {

/// Clones each function of `module` into a part of its own; every definition that others may call and that
/// is not in `exports` becomes hidden. Functions connected by symbols that only one part may hold stay
/// together, and so do a function X and X_count, which hands out its work.
///
/// Returns: the parts; each depends on nothing but what it holds.
llvm::SmallVector<mlir::OwningOpRef<mlir::ModuleOp>> partitionModule(mlir::ModuleOp module,
                                                                     llvm::ArrayRef<llvm::StringRef> exports);

/// Whether `op` is a function marked as a micro-kernel.
bool isMicroKernel(mlir::Operation *op);

} // namespace weft

#endif // WEFT_LIB_TARGET_PARTITIONMODULE_H
