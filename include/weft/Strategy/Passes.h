// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Declares the passes that decide how kernels are generated.
#ifndef WEFT_STRATEGY_PASSES_H
#define WEFT_STRATEGY_PASSES_H

#include "dialects/Kernel/IR/KernelOps.h"
#include "dialects/Sched/IR/SchedDialect.h"
#include "mlir/Pass/Pass.h"

namespace weft {
// The generated code names dialect classes as users of namespace mlir do.
namespace kernel = ::mlir::kernel;
namespace sched = ::mlir::sched;

#define GEN_PASS_DECL
#include "weft/Strategy/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "weft/Strategy/Passes.h.inc"
} // namespace weft

#endif // WEFT_STRATEGY_PASSES_H
