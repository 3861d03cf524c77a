// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks what conversion relies on: kernels hold the tensor ops, the host what it executes itself.
#include "weft/Driver/Gates.h"

#include "GatePass.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "weft/Transforms/FuseKernels.h"
#include "weft/Transforms/InferShapes.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft {
#define GEN_PASS_DEF_VERIFYGRAPHPASS
#include "weft/Driver/Passes.h.inc"

LogicalResult verifyGraph(func::FuncOp func) {
  LogicalResult result = verifyShapes(func);
  func.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op == func)
      return;
    bool isKnown = isa_and_nonnull<WeftDialect, arith::ArithDialect, func::FuncDialect>(op->getDialect()) ||
                   isa<cf::AssertOp>(op);
    if (!isKnown)
      result = op->emitOpError("internal: expected weft, arith and func ops and assertions only");
    else if (auto kernel = op->getParentOfType<KernelOp>()) {
      if (isa<KernelOp>(op) || (op->getNumRegions() != 0 && isHostOp(op)))
        result = op->emitOpError("internal: expected no kernel and no control flow in a kernel");
    } else if (!isHostOp(op)) {
      result = op->emitOpError("internal: expected to be in a kernel; run weft-fuse-kernels");
    }
  });
  return result;
}

} // namespace weft

namespace {

struct VerifyGraphPass
    : ::weft::GatePass<::weft::impl::VerifyGraphPassBase<VerifyGraphPass>, ::weft::verifyGraph> {};

} // namespace
