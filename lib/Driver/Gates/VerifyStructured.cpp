// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks what code generation relies on: host functions that launch, kernels of structured ops.
#include "weft/Driver/Gates.h"

#include "GatePass.h"
#include "dialects/Kernel/IR/KernelOps.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace weft {
#define GEN_PASS_DEF_VERIFYSTRUCTUREDPASS
#include "weft/Driver/Passes.h.inc"
} // namespace weft

using namespace mlir;

/// Whether the host program has code for `op`.
static bool isHostCode(Operation *op) {
  return isa_and_nonnull<arith::ArithDialect, scf::SCFDialect, func::FuncDialect>(op->getDialect()) ||
         isa<kernel::LaunchOp, kernel::CallOp, kernel::ViewOp, kernel::ConstantOp, tensor::DimOp,
             tensor::ExtractOp, tensor::FromElementsOp, tensor::CastOp, tensor::ExtractSliceOp,
             tensor::InsertSliceOp, cf::AssertOp>(op);
}

/// Whether code generation takes `op` in a kernel.
static bool isKernelCode(Operation *op) {
  return isa_and_nonnull<affine::AffineDialect, arith::ArithDialect, complex::ComplexDialect,
                         linalg::LinalgDialect, math::MathDialect, scf::SCFDialect, tensor::TensorDialect>(
             op->getDialect()) ||
         isa<kernel::EpilogueOpInterface, kernel::ReturnOp, kernel::YieldOp>(op);
}

/// Whether `type` is one that only weft ops know.
static bool isWeftType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return type.getDialect().getNamespace() == "weft" || (tensor && tensor.getEncoding());
}

static LogicalResult verifyFunction(FunctionOpInterface function, bool (*isLegal)(Operation *),
                                    llvm::StringRef expected) {
  LogicalResult result = success();
  for (Type type : function.getArgumentTypes())
    if (isWeftType(type))
      result = function.emitError() << "internal: expected arguments without weft types, but got " << type;
  function->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op != function && !isLegal(op)) {
      result = op->emitOpError() << "internal: expected " << expected;
      return WalkResult::skip();
    }
    for (Type type : op->getResultTypes())
      if (isWeftType(type))
        result = op->emitOpError() << "internal: expected results without weft types, but got " << type;
    return WalkResult::advance();
  });
  return result;
}

LogicalResult weft::verifyStructured(ModuleOp module) {
  LogicalResult result = success();
  for (Operation &op : *module.getBody()) {
    LogicalResult part = success();
    if (auto host = dyn_cast<func::FuncOp>(op))
      part = verifyFunction(host, isHostCode, "ops that the host program executes");
    else if (auto kernel = dyn_cast<kernel::FuncOp>(op))
      part = verifyFunction(kernel, isKernelCode, "structured ops and contractions in a kernel");
    else
      part = op.emitOpError("internal: expected host functions and kernels only");
    if (failed(part))
      result = failure();
  }
  return result;
}

namespace {

struct VerifyStructuredPass : ::weft::GatePass<::weft::impl::VerifyStructuredPassBase<VerifyStructuredPass>,
                                               ::weft::verifyStructured> {};

} // namespace
