// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether the schedule of a contraction can be obeyed.
#ifndef WEFT_CODEGEN_CPU_CHECKSCHEDULE_H
#define WEFT_CODEGEN_CPU_CHECKSCHEDULE_H

#include "dialects/Kernel/IR/KernelOps.h"

#include <string>

namespace weft {

/// What hinders code generation from obeying the schedule of the contraction `op`: none, one of another
/// micro-kernel, or depths that its element types do not allow.
///
/// Returns: the fault with its label, empty when there is none.
std::string findScheduleFault(mlir::kernel::EpilogueOpInterface op);

} // namespace weft

#endif // WEFT_CODEGEN_CPU_CHECKSCHEDULE_H
