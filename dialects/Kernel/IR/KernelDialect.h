// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Declares the kernel dialect.
#ifndef WEFT_DIALECTS_KERNEL_IR_KERNELDIALECT_H
#define WEFT_DIALECTS_KERNEL_IR_KERNELDIALECT_H

#include "mlir/IR/Dialect.h"

#include "dialects/Kernel/IR/KernelDialect.h.inc"

namespace mlir::kernel {

/// Registers how the contraction ops bufferise: in place on their destination, which they do not read.
void registerBufferizableOpInterfaceExternalModels(DialectRegistry &registry);

} // namespace mlir::kernel

#endif // WEFT_DIALECTS_KERNEL_IR_KERNELDIALECT_H
