// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pipelines of the compiler: one function per phase that is made of passes.
#ifndef WEFT_DRIVER_PIPELINES_H
#define WEFT_DRIVER_PIPELINES_H

#include "mlir/Pass/PassManager.h"
#include "weft/Target/TargetLevel.h"

#include <cstdint>
#include <optional>

namespace weft {

/// weft IR as imported -> weft IR that is simplified, laid out, and grouped into kernels.
void buildGraphPipeline(mlir::OpPassManager &pm, std::optional<int64_t> batch);

/// weft IR in kernels -> kernel functions on tensors and a host function that launches them.
void buildStructuredPipeline(mlir::OpPassManager &pm);

/// Writes the schedule of one instruction-set level on the kernels' ops.
void buildSchedulePipeline(mlir::OpPassManager &pm, const TargetLevel &level);

/// Kernels on tensors with a schedule -> loops on memrefs.
void buildLoopsPipeline(mlir::OpPassManager &pm, const TargetLevel &level);

/// Loops -> LLVM dialect with the kernel ABI.
void buildLLVMPipeline(mlir::OpPassManager &pm, const TargetLevel &level);

/// Registers the pipelines above and every pass of Weft, for weft-opt.
void registerAllWeftPasses();

} // namespace weft

#endif // WEFT_DRIVER_PIPELINES_H
