// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of passes: the table of contents of the compiler.
#include "weft/Driver/Pipelines.h"

#include "weft/Codegen/CPU/Passes.h"
#include "weft/Codegen/Passes.h"
#include "weft/Codegen/Pipeline.h"
#include "weft/Conversion/WeftToLinalg/Passes.h"
#include "weft/Driver/Gates.h"
#include "weft/Strategy/Passes.h"
#include "weft/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace weft;

static void addCleanup(OpPassManager &pm) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void weft::buildShapePipeline(OpPassManager &module, const PipelineOptions &options) {
  OpPassManager &pm = module.nest<func::FuncOp>();
  // Shapes first: everything behind decides by static sizes and by names of dims. Twice: sizes that exporters
  // compute with tensors become index arithmetic, which makes more of them static or named.
  for (int round = 0; round < 2; ++round) {
    pm.addPass(createWeftScalarizeShapesPass());
    pm.addPass(createWeftInferShapesPass());
    addCleanup(pm);
  }
  if (options.batch) {
    WeftBatchPassOptions batch;
    batch.size = *options.batch;
    pm.addPass(createWeftBatchPass(batch));
  }
}

void weft::buildGraphPipeline(OpPassManager &module, const PipelineOptions &options) {
  // Passes that round differently than the model says, or add in another order.
  const bool mayRewriteMath = options.math != MathMode::Strict;
  buildShapePipeline(module, options);
  OpPassManager &pm = module.nest<func::FuncOp>();
  // Before folding: scales of quantised weights are still ops. What no kernel for bytes computes gets whole
  // numbers.
  if (mayRewriteMath) {
    pm.addPass(createWeftFormIntegerProductsPass());
    pm.addPass(createWeftLiftScalesPass());
  }
  // Before folding: the weights' casts are constants then.
  pm.addPass(createWeftWidenProductsPass());
  pm.addPass(createWeftFoldConstantsPass());
  pm.addPass(createWeftInferShapesPass());
  addCleanup(pm);
  // After folding: epsilon and scales are scalars now. The products of an attention stay where no head is
  // repeated: each has a kernel of its own.
  WeftRecognizeOpsPassOptions recognize;
  recognize.attention = "grouped";
  if (mayRewriteMath)
    pm.addPass(createWeftRecognizeOpsPass(recognize));
  // Before the layout moves: filters are still where the exporter put them.
  if (mayRewriteMath)
    pm.addPass(createWeftFoldBatchNormPass());
  addCleanup(pm);
  // Scales are constants now, and bias and activation are where they stay.
  if (mayRewriteMath)
    pm.addPass(createWeftAbsorbScalesPass());
  // Layout moves transposes to the edges; constant filters that it transposes fold.
  pm.addPass(createWeftChooseLayoutPass());
  pm.addPass(createWeftFormSubpixelConvsPass());
  addCleanup(pm);
  pm.addPass(createWeftFoldConstantsPass());
  pm.addPass(createVerifyLayoutPass());
  pm.addPass(createWeftInferShapesPass());
  pm.addPass(createVerifyShapesPass());
  // Ops are what they stay: an index that a rewrite made good needs no check.
  pm.addPass(createWeftCheckIndicesPass());
  // Grouping last: what is in one kernel stays together.
  WeftFuseKernelsPassOptions fuse;
  fuse.remarks = options.hasRemarks;
  pm.addPass(createWeftFuseKernelsPass(fuse));
  pm.addPass(createWeftCountWorkPass());
  pm.addPass(createVerifyGraphPass());
}

/// Largest output tile of Winograd's algorithm whose error a mode admits; 0: none.
static int64_t getMaxWinogradTile(MathMode math) {
  switch (math) {
  case MathMode::Strict:
    return 0;
  case MathMode::F32FMA:
    return 2;
  case MathMode::F32:
  case MathMode::Fast:
    return 4;
  }
  llvm_unreachable("internal: unknown math mode");
}

void weft::buildStructuredPipeline(OpPassManager &module, llvm::StringRef level,
                                   const PipelineOptions &options) {
  module.addPass(createWeftNumberTextsPass());
  module.addPass(createWeftOutlineKernelsPass());
  module.addNestedPass<kernel::FuncOp>(createConvertWeftToLinalgPass());
  // Strategy looks at the ops that a kernel returns: they must be the fused ones.
  module.addNestedPass<kernel::FuncOp>(createWeftFuseLinalgPass());
  // Once for all levels, which share the filters; before the filters' packing folds and kernels are compared.
  SchedChooseWinogradPassOptions winograd;
  winograd.level = level.str();
  winograd.maxTile = getMaxWinogradTile(options.math);
  module.addNestedPass<kernel::FuncOp>(createSchedChooseWinogradPass(winograd));
  module.addPass(createWeftFormWinogradPass());
  // Folds the packing of constant filters; equal kernels then differ in nothing.
  addCleanup(module);
  module.addPass(createWeftDedupKernelsPass());
  module.addPass(createSymbolDCEPass());
  module.addPass(createVerifyStructuredPass());
}

void weft::buildSchedulePipeline(OpPassManager &module, const TargetLevel &level,
                                 const PipelineOptions &options) {
  SchedSelectCpuPassOptions select;
  select.level = level.name;
  select.plainOrder = options.math == MathMode::Strict;
  select.tiles = level.hasAMXInt8;
  select.explain = options.hasRemarks;
  module.addNestedPass<kernel::FuncOp>(createSchedSelectCpuPass(select));
  module.addNestedPass<kernel::FuncOp>(createVerifySchedulePass());
}

static CodegenOptions getCodegenOptions(const TargetLevel &level, const PipelineOptions &pipeline) {
  CodegenOptions options;
  options.isPlainOrder = pipeline.math == MathMode::Strict;
  options.isRelaxed = pipeline.math == MathMode::Fast;
  options.hasRemarks = pipeline.hasRemarks;
  // Strict results are the same bits on every level: those of separate multiplications and additions.
  options.hasFMA = level.hasFMA && !options.isPlainOrder;
  options.hasF16C = level.hasF16C;
  options.vectorBytes = level.vectorBits / 8;
  options.expandKernelOps = [isPlainOrder = options.isPlainOrder](OpPassManager &kernels) {
    WeftExpandKernelOpsPassOptions expand;
    expand.plainOrder = isPlainOrder;
    kernels.addPass(createWeftExpandKernelOpsPass(expand));
  };
  return options;
}

void weft::buildLoopsPipeline(OpPassManager &module, const TargetLevel &level,
                              const PipelineOptions &options) {
  buildLoopPipeline(module, getCodegenOptions(level, options));
  OpPassManager &kernels = module.nest<kernel::FuncOp>();
  kernels.addPass(createVerifyNoTensorsPass());
  kernels.addPass(createVerifyLoopsPass());
  VerifyVectorWidthPassOptions width;
  width.maxBits = level.vectorBits;
  kernels.addPass(createVerifyVectorWidthPass(width));
}

void weft::buildLLVMPipeline(OpPassManager &module, const TargetLevel &level,
                             const PipelineOptions &options) {
  buildLLVMPipeline(module, getCodegenOptions(level, options));
  module.addPass(createVerifyLLVMPass());
}

void weft::registerAllWeftPasses() {
  registerTransformsPasses();
  registerWeftTransformsPasses();
  registerWeftConversionPasses();
  registerWeftStrategyPasses();
  registerWeftDriverPasses();
  registerCodegenPasses();
  registerWeftCodegenCPUPasses();
}
