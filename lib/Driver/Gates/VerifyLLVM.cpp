// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks that nothing but the LLVM dialect is left.
#include "weft/Driver/Gates.h"

#include "GatePass.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace weft {
#define GEN_PASS_DEF_VERIFYLLVMPASS
#include "weft/Driver/Passes.h.inc"
} // namespace weft

using namespace mlir;

LogicalResult weft::verifyLLVM(ModuleOp module) {
  LogicalResult result = success();
  module.walk([&](Operation *op) {
    if (op != module && !isa_and_nonnull<LLVM::LLVMDialect>(op->getDialect()))
      result = op->emitOpError("internal: expected the LLVM dialect in its place");
  });
  return result;
}

namespace {

struct VerifyLLVMPass
    : ::weft::GatePass<::weft::impl::VerifyLLVMPassBase<VerifyLLVMPass>, ::weft::verifyLLVM> {};

} // namespace
