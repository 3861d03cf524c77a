// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pipelines of the compiler: one function per phase that is made of passes.
#ifndef WEFT_DRIVER_PIPELINES_H
#define WEFT_DRIVER_PIPELINES_H

#include "mlir/Pass/PassManager.h"
#include "weft/Driver/MathMode.h"
#include "weft/Target/TargetLevel.h"

#include <cstdint>
#include <optional>

namespace weft {

/// What the pipelines are asked to do besides the target's level.
struct PipelineOptions {
  std::optional<int64_t> batch; ///< New size of the batch dim, or none to keep the model's.
  MathMode math = MathMode::F32;
  bool hasRemarks = false; ///< Say why ops were not fused and kernels not split, and what was chosen.
};

/// The graph pipeline's first part: shapes, and another batch where `options` ask for one.
void buildShapePipeline(mlir::OpPassManager &pm, const PipelineOptions &options = {});

/// weft IR as imported -> weft IR that is simplified, laid out, and grouped into kernels.
void buildGraphPipeline(mlir::OpPassManager &pm, const PipelineOptions &options = {});

/// weft IR in kernels -> kernel functions on tensors and a host function that launches them.
///
/// `level` names the best of the levels to come: what they share is chosen for it.
void buildStructuredPipeline(mlir::OpPassManager &pm, llvm::StringRef level,
                             const PipelineOptions &options = {});

/// Writes the schedule of one instruction-set level on the kernels' ops.
void buildSchedulePipeline(mlir::OpPassManager &pm, const TargetLevel &level,
                           const PipelineOptions &options = {});

/// Kernels on tensors with a schedule -> loops on memrefs.
void buildLoopsPipeline(mlir::OpPassManager &pm, const TargetLevel &level,
                        const PipelineOptions &options = {});

/// Loops -> LLVM dialect with the kernel ABI.
void buildLLVMPipeline(mlir::OpPassManager &pm, const TargetLevel &level,
                       const PipelineOptions &options = {});

/// Registers the pipelines above and every pass of Weft, for weft-opt.
void registerAllWeftPasses();

} // namespace weft

#endif // WEFT_DRIVER_PIPELINES_H
