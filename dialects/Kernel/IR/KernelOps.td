// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All ops of the kernel dialect.
#ifndef KERNEL_OPS_TD
#define KERNEL_OPS_TD

include "dialects/Kernel/IR/KernelContractionOps.td"
include "dialects/Kernel/IR/KernelFuncOps.td"

#endif // KERNEL_OPS_TD
