// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The last step of the host program: to the LLVM dialect.
#ifndef WEFT_CODEGEN_HOST_HOSTLOWER_H
#define WEFT_CODEGEN_HOST_HOSTLOWER_H

#include "mlir/IR/BuiltinOps.h"

namespace weft {

/// Turns the emitted function (arith on index, cf, llvm) into LLVM dialect, simplified on the way.
mlir::LogicalResult lowerHostModule(mlir::ModuleOp module);

} // namespace weft

#endif // WEFT_CODEGEN_HOST_HOSTLOWER_H
