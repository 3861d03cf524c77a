// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kernel dialect and its ops: the only public header for them.
#ifndef WEFT_DIALECTS_KERNEL_IR_KERNELOPS_H
#define WEFT_DIALECTS_KERNEL_IR_KERNELOPS_H

#include "dialects/Kernel/IR/KernelDialect.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::kernel {

/// Fills an epilogue's block: given the accumulator, then one scalar per extra operand, returns the value to
/// store.
using EpilogueBuilder = std::function<Value(OpBuilder &, Location, ValueRange)>;

/// Checks region, extra operands and maps of an op that implements EpilogueOpInterface.
LogicalResult verifyEpilogue(Operation *op);

/// Whether a contraction's right side, its second operand, holds bytes.
bool isByteProduct(Operation *op);

/// Reads of memref inputs and writes of memref destinations; nothing for tensors.
void getDestinationStyleEffects(DestinationStyleOpInterface op,
                                SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects);

} // namespace mlir::kernel

#define GET_ATTRDEF_CLASSES
#include "dialects/Kernel/IR/KernelAttrs.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/Kernel/IR/KernelTypes.h.inc"

#include "dialects/Kernel/IR/KernelInterfaces.h.inc"

#define GET_OP_CLASSES
#include "dialects/Kernel/IR/KernelOps.h.inc"

#endif // WEFT_DIALECTS_KERNEL_IR_KERNELOPS_H
