// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of passes: the table of contents of the compiler.
#include "weft/Driver/Pipelines.h"

#include "weft/Codegen/CPU/Passes.h"
#include "weft/Codegen/Passes.h"
#include "weft/Codegen/Pipeline.h"
#include "weft/Conversion/WeftToLinalg/Passes.h"
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

void weft::buildGraphPipeline(OpPassManager &module, std::optional<int64_t> batch) {
  OpPassManager &pm = module.nest<func::FuncOp>();
  // Shapes first: everything behind decides by static sizes and by names of dims. Twice: sizes that exporters
  // compute with tensors become index arithmetic, which makes more of them static or named.
  for (int round = 0; round < 2; ++round) {
    pm.addPass(createWeftScalarizeShapesPass());
    pm.addPass(createWeftInferShapesPass());
    addCleanup(pm);
  }
  if (batch) {
    WeftBatchPassOptions options;
    options.size = *batch;
    pm.addPass(createWeftBatchPass(options));
  }
  // Before folding: scales of quantised weights are still ops.
  pm.addPass(createWeftLiftScalesPass());
  pm.addPass(createWeftFoldConstantsPass());
  pm.addPass(createWeftInferShapesPass());
  addCleanup(pm);
  // After folding: epsilon and scales are scalars now. The products of an attention stay where no head is
  // repeated: each has a kernel of its own.
  WeftRecognizeOpsPassOptions recognize;
  recognize.attention = "grouped";
  pm.addPass(createWeftRecognizeOpsPass(recognize));
  // Before the layout moves: filters are still where the exporter put them.
  pm.addPass(createWeftFoldBatchNormPass());
  addCleanup(pm);
  // Layout moves transposes to the edges; constant filters that it transposes fold.
  pm.addPass(createWeftChooseLayoutPass());
  addCleanup(pm);
  pm.addPass(createWeftFoldConstantsPass());
  pm.addPass(createVerifyLayoutPass());
  // Grouping last: what is in one kernel stays together.
  pm.addPass(createWeftInferShapesPass());
  pm.addPass(createVerifyShapesPass());
  pm.addPass(createWeftFuseKernelsPass());
}

void weft::buildStructuredPipeline(OpPassManager &module) {
  module.addPass(createWeftOutlineKernelsPass());
  module.addNestedPass<kernel::FuncOp>(createConvertWeftToLinalgPass());
  // Strategy looks at the ops that a kernel returns: they must be the fused ones.
  module.addNestedPass<kernel::FuncOp>(createWeftFuseLinalgPass());
  // Folds the packing of constant filters; equal kernels then differ in nothing.
  addCleanup(module);
  module.addPass(createWeftDedupKernelsPass());
  module.addPass(createSymbolDCEPass());
}

void weft::buildSchedulePipeline(OpPassManager &module, const TargetLevel &level) {
  SchedSelectCpuPassOptions options;
  options.level = level.name;
  module.addNestedPass<kernel::FuncOp>(createSchedSelectCpuPass(options));
}

static CodegenOptions getCodegenOptions(const TargetLevel &level) {
  CodegenOptions options;
  options.hasFMA = level.hasFMA;
  options.hasF16C = level.hasF16C;
  options.expandKernelOps = [](OpPassManager &kernels) { kernels.addPass(createWeftExpandKernelOpsPass()); };
  return options;
}

void weft::buildLoopsPipeline(OpPassManager &module, const TargetLevel &level) {
  buildLoopPipeline(module, getCodegenOptions(level));
}

void weft::buildLLVMPipeline(OpPassManager &module, const TargetLevel &level) {
  buildLLVMPipeline(module, getCodegenOptions(level));
}

void weft::registerAllWeftPasses() {
  registerTransformsPasses();
  registerWeftTransformsPasses();
  registerWeftConversionPasses();
  registerWeftStrategyPasses();
  registerCodegenPasses();
  registerWeftCodegenCPUPasses();
}
