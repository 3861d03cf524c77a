// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs passes on IR: mlir-opt with Weft's dialects and passes.
#include "dialects/Kernel/IR/KernelOps.h"
#include "dialects/Sched/IR/SchedDialect.h"
#include "dialects/Weft/IR/WeftOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"
#include "test/lib/TestPasses.h"
#include "weft/Codegen/CPU/Passes.h"
#include "weft/Codegen/Pipeline.h"
#include "weft/Conversion/WeftToLinalg/Passes.h"
#include "weft/Reference/Interpreter.h"
#include "weft/Strategy/Passes.h"
#include "weft/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<mlir::arith::ArithDialect, mlir::bufferization::BufferizationDialect,
                  mlir::func::FuncDialect, mlir::kernel::KernelDialect, mlir::linalg::LinalgDialect,
                  mlir::LLVM::LLVMDialect, mlir::math::MathDialect, mlir::memref::MemRefDialect,
                  mlir::quant::QuantDialect, mlir::scf::SCFDialect, mlir::sched::SchedDialect,
                  mlir::tensor::TensorDialect, mlir::vector::VectorDialect, mlir::weft::WeftDialect>();
  weft::reference::registerEvaluableModels(registry);
  mlir::registerTransformsPasses();
  weft::registerCodegenDialects(registry);
  weft::registerCodegenPasses();
  weft::registerWeftCodegenCPUPasses();
  weft::registerWeftConversionPasses();
  weft::registerWeftStrategyPasses();
  weft::registerWeftTransformsPasses();
  weft::test::registerPrintDimMapsPass();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Weft optimizer driver\n", registry));
}
