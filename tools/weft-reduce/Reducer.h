// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Makes a module smaller while something about it stays.
#ifndef WEFT_TOOLS_WEFTREDUCE_REDUCER_H
#define WEFT_TOOLS_WEFTREDUCE_REDUCER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace weft {

/// Leaves out what `isInteresting` does not need: results of functions, then ops, in ever smaller groups. An
/// op's results become operands of their type, zeros, or new arguments of the function, whichever does first.
///
/// `isInteresting` is asked about valid modules only; `report` hears how many ops are left after each
/// success. Requires:   isInteresting(module). Returns:    the smallest module found; no single op of it can
/// be left out any more.
mlir::OwningOpRef<mlir::ModuleOp> reduce(mlir::OwningOpRef<mlir::ModuleOp> module,
                                         llvm::function_ref<bool(mlir::ModuleOp)> isInteresting,
                                         llvm::function_ref<void(size_t)> report);

} // namespace weft

#endif // WEFT_TOOLS_WEFTREDUCE_REDUCER_H
