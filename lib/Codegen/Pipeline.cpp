// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Code generation's table of contents.
#include "weft/Codegen/Pipeline.h"
#include "dialects/Sched/IR/SchedDialect.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Affine/IR/ValueBoundsOpInterfaceImpl.h"
#include "mlir/Dialect/Arith/IR/ValueBoundsOpInterfaceImpl.h"
#include "mlir/Dialect/Arith/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/Transforms/FuncBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/ControlFlow/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Linalg/IR/ValueBoundsOpInterfaceImpl.h"
#include "mlir/Dialect/Linalg/Transforms/AllInterfaces.h"
#include "mlir/Dialect/MemRef/IR/ValueBoundsOpInterfaceImpl.h"
#include "mlir/Dialect/SCF/IR/ValueBoundsOpInterfaceImpl.h"
#include "mlir/Dialect/SCF/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/IR/TensorInferTypeOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/IR/TensorTilingInterfaceImpl.h"
#include "mlir/Dialect/Tensor/IR/ValueBoundsOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/Transforms/SubsetInsertionOpInterfaceImpl.h"
#include "mlir/Dialect/Vector/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "weft/Codegen/Passes.h"

using namespace mlir;

void weft::registerCodegenPasses() { registerWeftCodegenPasses(); }

void weft::registerCodegenDialects(DialectRegistry &registry) {
  registry.insert<affine::AffineDialect, arith::ArithDialect, bufferization::BufferizationDialect,
                  cf::ControlFlowDialect, kernel::KernelDialect, linalg::LinalgDialect, LLVM::LLVMDialect,
                  math::MathDialect, memref::MemRefDialect, scf::SCFDialect, sched::SchedDialect,
                  tensor::TensorDialect, vector::VectorDialect>();
  affine::registerValueBoundsOpInterfaceExternalModels(registry);
  arith::registerBufferizableOpInterfaceExternalModels(registry);
  arith::registerValueBoundsOpInterfaceExternalModels(registry);
  cf::registerBufferizableOpInterfaceExternalModels(registry);
  kernel::registerBufferizableOpInterfaceExternalModels(registry);
  linalg::registerAllDialectInterfaceImplementations(registry);
  linalg::registerValueBoundsOpInterfaceExternalModels(registry);
  memref::registerValueBoundsOpInterfaceExternalModels(registry);
  scf::registerBufferizableOpInterfaceExternalModels(registry);
  scf::registerValueBoundsOpInterfaceExternalModels(registry);
  tensor::registerBufferizableOpInterfaceExternalModels(registry);
  tensor::registerInferTypeOpInterfaceExternalModels(registry);
  tensor::registerSubsetOpInterfaceExternalModels(registry);
  tensor::registerTilingInterfaceExternalModels(registry);
  tensor::registerValueBoundsOpInterfaceExternalModels(registry);
  vector::registerBufferizableOpInterfaceExternalModels(registry);
}

void weft::buildLoopPipeline(OpPassManager &passes, const CodegenOptions &options) {
  {
    OpPassManager &kernels = passes.nest<kernel::FuncOp>();
    // Equal operations must be one before fusion copies them into their consumers.
    kernels.addPass(createCSEPass());
    kernels.addPass(createWeftFuseLinalgPass());
    kernels.addPass(createCanonicalizerPass());
    kernels.addPass(createCSEPass());
    WeftTileAndFusePassOptions tiling;
    tiling.remarks = options.hasRemarks;
    kernels.addPass(createWeftTileAndFusePass(tiling));
    kernels.addPass(createCanonicalizerPass());
    // A producer that two operands need was fused twice: this makes it one again.
    kernels.addPass(createCSEPass());
  }
  passes.addPass(createWeftBufferizeKernelsPass());
  OpPassManager &kernels = passes.nest<kernel::FuncOp>();
  // Two equal views have to become one before a copy between them is seen to do nothing.
  kernels.addPass(createCSEPass());
  kernels.addPass(createCanonicalizerPass());
  if (options.expandKernelOps)
    options.expandKernelOps(kernels);
  // Sizes of allocations must be bounded before loops hide how they come about.
  WeftPromoteBuffersPassOptions buffers;
  buffers.maxStackBytes = options.maxStackBytes;
  kernels.addPass(createWeftPromoteBuffersPass(buffers));
  WeftLowerLinalgPassOptions lower;
  lower.plainOrder = options.isPlainOrder;
  lower.ignoreNaN = options.isRelaxed;
  lower.vectorBytes = options.vectorBytes;
  kernels.addPass(createWeftLowerLinalgPass(lower));
}

void weft::buildLLVMPipeline(OpPassManager &passes, const CodegenOptions &options) {
  OpPassManager &kernels = passes.nest<kernel::FuncOp>();
  kernels.addPass(createLoopInvariantCodeMotionPass());
  // Before functions are expanded: their polynomials rely on every rounding.
  if (options.isRelaxed)
    kernels.addPass(createWeftRelaxMathPass());
  WeftExpandMathPassOptions math;
  math.hasFMA = options.hasFMA;
  math.hasF16C = options.hasF16C;
  kernels.addPass(createWeftExpandMathPass(math));
  kernels.addPass(createCSEPass());
  passes.addPass(createWeftKernelToLLVMPass());
  // From here on no canonicalisation of vectors: it takes them apart element by element.
  passes.addNestedPass<LLVM::LLVMFuncOp>(createCSEPass());
}

void weft::buildKernelPipeline(OpPassManager &passes, const CodegenOptions &options) {
  buildLoopPipeline(passes, options);
  buildLLVMPipeline(passes, options);
}
