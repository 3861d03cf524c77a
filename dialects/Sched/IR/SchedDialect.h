// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sched dialect and its attributes.
#ifndef WEFT_DIALECTS_SCHED_IR_SCHEDDIALECT_H
#define WEFT_DIALECTS_SCHED_IR_SCHEDDIALECT_H

#include "mlir/IR/Attributes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/Operation.h"

#include "dialects/Sched/IR/SchedDialect.h.inc"

#include "dialects/Sched/IR/SchedEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Sched/IR/SchedAttrs.h.inc"

namespace mlir::sched {
/// Name of the discardable attribute that says by which output tiles Winograd's algorithm computes a
/// convolution.
inline ::llvm::StringRef getWinogradAttrName() { return "sched.winograd"; }
} // namespace mlir::sched

#endif // WEFT_DIALECTS_SCHED_IR_SCHEDDIALECT_H
