// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of passes: the table of contents of the compiler.
#include "weft/Driver/Pipelines.h"

#include "weft/Codegen/CPU/Passes.h"
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
  // Shapes first: everything behind decides by static sizes and by names of dims.
  pm.addPass(createWeftInferShapesPass());
  addCleanup(pm);
  // Grouping last: what is in one kernel stays together.
  pm.addPass(createWeftInferShapesPass());
  pm.addPass(createVerifyShapesPass());
  pm.addPass(createWeftFuseKernelsPass());
}

void weft::buildStructuredPipeline(OpPassManager &module) {
  module.addPass(createWeftOutlineKernelsPass());
  module.addNestedPass<kernel::FuncOp>(createConvertWeftToLinalgPass());
  // Folds the packing of constant filters; equal kernels then differ in nothing.
  addCleanup(module);
  module.addPass(createWeftDedupKernelsPass());
  module.addPass(createSymbolDCEPass());
}

void weft::buildSchedulePipeline(OpPassManager &module, const TargetLevel &level) {
  // STRATEGY
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
