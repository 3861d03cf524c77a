// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The weft dialect and its ops: the only public header for them.
#ifndef WEFT_DIALECTS_WEFT_IR_WEFTOPS_H
#define WEFT_DIALECTS_WEFT_IR_WEFTOPS_H

#include "dialects/Weft/IR/Batching.h"
#include "dialects/Weft/IR/DimExpr.h"
#include "dialects/Weft/IR/DimMap.h"
#include "dialects/Weft/IR/WeftDialect.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/Weft/IR/WeftEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Weft/IR/WeftAttrs.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/Weft/IR/WeftTypes.h.inc"

#include "dialects/Weft/IR/WeftInterfaces.h.inc"

#include "dialects/Weft/IR/WeftTypeSupport.h"

#define GET_OP_CLASSES
#include "dialects/Weft/IR/WeftOps.h.inc"

namespace mlir::weft {

/// Whether an op looks into texts or makes them: a function of the runtime, never part of a kernel.
inline bool isTextOp(Operation *op) {
  return isa<TextConcatOp, TextCaseOp, TextSplitOp, TextFindOp, TextMatchOp, TextFormatOp, TextParseOp,
             TextRankOp>(op);
}

} // namespace mlir::weft

#endif // WEFT_DIALECTS_WEFT_IR_WEFTOPS_H
