// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks that kernels work on memory only.
#include "weft/Driver/Gates.h"

#include "GatePass.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace weft {
#define GEN_PASS_DEF_VERIFYNOTENSORSPASS
#include "weft/Driver/Passes.h.inc"
} // namespace weft

using namespace mlir;

/// Whether `op` belongs to an earlier form than loops.
static bool isEarlier(Operation *op) {
  if (isa<kernel::FuncOp, kernel::ReturnOp>(op))
    return false;
  return isa<bufferization::BufferizationDialect, kernel::KernelDialect, linalg::LinalgDialect,
             tensor::TensorDialect>(op->getDialect()) ||
         isa<memref::CopyOp>(op);
}

LogicalResult weft::verifyNoTensors(kernel::FuncOp func) {
  LogicalResult result = success();
  auto check = [&](Value value) {
    if (isa<TensorType>(value.getType()))
      result = emitError(value.getLoc()) << "internal: expected memory only, but got a " << value.getType();
  };
  func.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isEarlier(op)) {
      result = op->emitOpError("internal: expected loops in its place");
      return WalkResult::skip();
    }
    llvm::for_each(op->getResults(), check);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        llvm::for_each(block.getArguments(), check);
    return WalkResult::advance();
  });
  return result;
}

namespace {

struct VerifyNoTensorsPass
    : ::weft::GatePass<::weft::impl::VerifyNoTensorsPassBase<VerifyNoTensorsPass>, ::weft::verifyNoTensors> {
};

} // namespace
