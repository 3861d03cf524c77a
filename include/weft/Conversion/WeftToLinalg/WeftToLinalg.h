// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From weft to structured IR: outlining of kernels and lowering of their bodies.
#ifndef WEFT_CONVERSION_WEFTTOLINALG_WEFTTOLINALG_H
#define WEFT_CONVERSION_WEFTTOLINALG_WEFTTOLINALG_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Support/LLVM.h"

#include <set>
#include <string>

namespace weft {

/// The texts of a module's string constants, "" apart: those that the runtime must know besides a run's own.
void collectTexts(mlir::ModuleOp module, std::set<std::string> &texts);

/// Lowers every weft op of a function (a kernel, or a test's func.func) to linalg, tensor, arith, math, scf
/// and kernel ops.
///
/// Requires: every dynamic dim is named; dims are bound by the arguments (`weft.dim` on index arguments, or
/// tensor dims). Returns:  failure after an error at each op that cannot be lowered.
mlir::LogicalResult convertWeftToLinalg(mlir::FunctionOpInterface function);

/// Turns the host function of a module into a program that launches kernels (pass weft-outline-kernels).
///
/// Returns: failure after an error at each op that the host cannot express; the module is then useless.
mlir::LogicalResult outlineKernels(mlir::ModuleOp module);

/// Merges equal kernels.
///
/// Returns: how many kernels were replaced by an equal one.
unsigned dedupKernels(mlir::ModuleOp module);

} // namespace weft

#endif // WEFT_CONVERSION_WEFTTOLINALG_WEFTTOLINALG_H
