// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Declares and registers the passes from weft to structured IR.
#ifndef WEFT_CONVERSION_WEFTTOLINALG_PASSES_H
#define WEFT_CONVERSION_WEFTTOLINALG_PASSES_H

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Pass/Pass.h"

namespace mlir {
class ModuleOp;
}

namespace weft {

#define GEN_PASS_DECL
#include "weft/Conversion/WeftToLinalg/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "weft/Conversion/WeftToLinalg/Passes.h.inc"

} // namespace weft

#endif // WEFT_CONVERSION_WEFTTOLINALG_PASSES_H
