// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowering of kernels to the kernel ABI.
#ifndef WEFT_CODEGEN_KERNELTOLLVM_H
#define WEFT_CODEGEN_KERNELTOLLVM_H

#include "dialects/Kernel/IR/KernelOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include <string>

namespace weft {

/// Name of the function that counts the parallel range of `kernel`.
std::string getCountName(llvm::StringRef kernel);

/// Rewrites the sizes that `func` reads off memory (`memref.dim`) into arithmetic on its index arguments: the
/// count of its range must be computable from them alone.
///
/// Requires: memory is an argument, an allocation, or a view of one. A size behind another kind of view
/// stays.
void resolveSizes(mlir::RewriterBase &rewriter, mlir::kernel::FuncOp func);

/// Makes `func` have one top-level `scf.forall` over its range, or none: turns foralls that cannot be the
/// range into loops.
///
/// Returns: whether a forall is left.
bool normaliseRange(mlir::RewriterBase &rewriter, mlir::kernel::FuncOp func);

/// Replaces `func` by the ABI functions; their bodies still hold scf, memref, vector and arith ops.
///
/// Requires: memrefs of identity layout; resolveSizes and normaliseRange have run.
/// Returns:  the functions whose bodies lowerBodyToLLVM has to finish.
llvm::SmallVector<mlir::LLVM::LLVMFuncOp> outlineKernel(mlir::RewriterBase &rewriter,
                                                        mlir::kernel::FuncOp func);

/// Converts what is in `func` to the LLVM dialect. Works on several functions of a module at once.
mlir::LogicalResult lowerBodyToLLVM(mlir::LLVM::LLVMFuncOp func);

/// Turns the `memref.global`s of `module` into globals of the LLVM dialect.
mlir::LogicalResult lowerGlobals(mlir::RewriterBase &rewriter, mlir::ModuleOp module);

} // namespace weft

#endif // WEFT_CODEGEN_KERNELTOLLVM_H
