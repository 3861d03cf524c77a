// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The gates: what each phase leaves for the next, checked at its end.
#ifndef WEFT_DRIVER_GATES_H
#define WEFT_DRIVER_GATES_H

#include "dialects/Kernel/IR/KernelOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace weft {

/// Phase graph: every op of `func` is in a kernel or one that the host program executes itself, kernels hold
/// nothing but tensor ops, and every dynamic dim has a name.
///
/// Returns: failure after an error on each op or value that is not so; the same holds for the gates below.
mlir::LogicalResult verifyGraph(mlir::func::FuncOp func);

/// Phase structured: host functions hold what the host program executes, and kernels structured ops and
/// contractions on tensors without weft types.
mlir::LogicalResult verifyStructured(mlir::ModuleOp module);

/// Phase scheduled: each contraction of `func` carries a schedule that can be obeyed, and no other schedule
/// is there that nothing reads.
mlir::LogicalResult verifySchedule(mlir::kernel::FuncOp func);

/// Phase loops: no tensor, and no op on tensors or of later expansion, is left in `func`.
mlir::LogicalResult verifyNoTensors(mlir::kernel::FuncOp func);

/// Phase loops: `func` has one parallel range at most, at its top, and each element in memory has bytes of
/// its own.
mlir::LogicalResult verifyLoops(mlir::kernel::FuncOp func);

/// Phase loops: no vector of `func` is wider than registers of `maxBits`.
mlir::LogicalResult verifyVectorWidth(mlir::kernel::FuncOp func, int64_t maxBits);

/// Phase llvm: `module` holds nothing but the LLVM dialect.
mlir::LogicalResult verifyLLVM(mlir::ModuleOp module);

#define GEN_PASS_DECL
#include "weft/Driver/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "weft/Driver/Passes.h.inc"

} // namespace weft

#endif // WEFT_DRIVER_GATES_H
