// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Declares the passes of code generation for CPUs.
#ifndef WEFT_CODEGEN_CPU_PASSES_H
#define WEFT_CODEGEN_CPU_PASSES_H

#include "dialects/Kernel/IR/KernelOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace weft {
// The generated code names dialect classes as users of namespace mlir do.
namespace arith = ::mlir::arith;
namespace kernel = ::mlir::kernel;
namespace memref = ::mlir::memref;
namespace scf = ::mlir::scf;
namespace vector = ::mlir::vector;
namespace LLVM = ::mlir::LLVM;
using ::mlir::ModuleOp;

#define GEN_PASS_DECL
#include "weft/Codegen/CPU/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "weft/Codegen/CPU/Passes.h.inc"

/// Name of the LLVM function attribute of kernels whose loops hold micro-kernels.
inline constexpr llvm::StringLiteral kMicroKernelAttrName = "weft-micro-kernel";

/// Replaces one contraction by its micro-kernel, as its `sched.cpu` says.
///
/// Requires: operands are memrefs with unit stride in the last dim; `op` carries a schedule.
/// Numerics: with `isPlainOrder`, each output is one chain of sums over the whole depth.
/// Returns:  failure after an error on `op`, which is then unchanged.
mlir::LogicalResult expandContract(mlir::RewriterBase &rewriter, kernel::ContractOp op,
                                   bool isPlainOrder = false);
mlir::LogicalResult expandConv(mlir::RewriterBase &rewriter, kernel::ConvOp op);
mlir::LogicalResult expandDepthwise(mlir::RewriterBase &rewriter, kernel::DepthwiseOp op);
mlir::LogicalResult expandWinograd(mlir::RewriterBase &rewriter, kernel::WinogradOp op);

/// Turns the convolutions that carry `sched.winograd` into kernel.winograd, and has their filters transformed
/// where the host packs them.
///
/// Returns:  how many were turned; others lose the attribute.
int64_t formWinograd(mlir::ModuleOp module);
} // namespace weft

#endif // WEFT_CODEGEN_CPU_PASSES_H
