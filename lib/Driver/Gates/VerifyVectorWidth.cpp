// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks that vectors fit the registers of the level.
#include "weft/Driver/Gates.h"

namespace weft {
#define GEN_PASS_DEF_VERIFYVECTORWIDTHPASS
#include "weft/Driver/Passes.h.inc"
} // namespace weft

using namespace mlir;

// Bits of the elements that schedules count vectors in: wider ones take several registers on purpose.
static constexpr int64_t kLaneBits = 32;

/// Bits that one register would need for the innermost dim of `type`, with wider elements counted as lanes.
static int64_t getRegisterBits(VectorType type) {
  if (type.getRank() == 0 || !type.getElementType().isIntOrFloat())
    return 0;
  int64_t bits = type.getElementTypeBitWidth();
  // Masks have registers of their own, or are as wide as what they mask.
  return bits == 1 ? 0 : type.getShape().back() * std::min(bits, kLaneBits);
}

LogicalResult weft::verifyVectorWidth(kernel::FuncOp func, int64_t maxBits) {
  LogicalResult result = success();
  func.walk([&](Operation *op) {
    for (Type type : op->getResultTypes())
      if (auto vector = dyn_cast<VectorType>(type); vector && getRegisterBits(vector) > maxBits)
        result = op->emitOpError() << "internal: expected vectors of at most " << maxBits << " bits, but got "
                                   << vector;
  });
  return result;
}

namespace {

struct VerifyVectorWidthPass : weft::impl::VerifyVectorWidthPassBase<VerifyVectorWidthPass> {
  using VerifyVectorWidthPassBase::VerifyVectorWidthPassBase;

  void runOnOperation() override {
    if (failed(weft::verifyVectorWidth(getOperation(), maxBits)))
      signalPassFailure();
    markAllAnalysesPreserved();
  }
};

} // namespace
