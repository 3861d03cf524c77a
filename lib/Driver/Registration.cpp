// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registers the dialects and interface implementations that a compilation needs.
#include "weft/Codegen/Pipeline.h"
#include "weft/Driver/Driver.h"
#include "weft/Reference/Interpreter.h"
#include "weft/Target/LLVMEmit.h"

#include "dialects/Kernel/IR/KernelOps.h"
#include "dialects/Sched/IR/SchedDialect.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

void(::weft::registerCompilerDialects)(DialectRegistry &registry) {
  registry.insert<arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect, kernel::KernelDialect,
                  LLVM::LLVMDialect, linalg::LinalgDialect, math::MathDialect, memref::MemRefDialect,
                  mlir::weft::WeftDialect, quant::QuantDialect, scf::SCFDialect, sched::SchedDialect,
                  tensor::TensorDialect, vector::VectorDialect>();
  kernel::registerBufferizableOpInterfaceExternalModels(registry);
  ::weft::registerCodegenDialects(registry);
  ::weft::reference::registerEvaluableModels(registry);
  ::weft::registerTargetTranslations(registry);
}
