// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Declares the weft dialect.
#ifndef WEFT_DIALECTS_WEFT_IR_WEFTDIALECT_H
#define WEFT_DIALECTS_WEFT_IR_WEFTDIALECT_H

#include "mlir/IR/Dialect.h"

#include "dialects/Weft/IR/WeftDialect.h.inc"

#endif // WEFT_DIALECTS_WEFT_IR_WEFTDIALECT_H
