// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks kernels and marks the convolutions that Winograd's algorithm should compute.
#include "weft/Strategy/Passes.h"
#include "weft/Strategy/Select.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace weft {
#define GEN_PASS_DEF_SCHEDCHOOSEWINOGRADPASS
#include "weft/Strategy/Passes.h.inc"
} // namespace weft

using namespace mlir;
using namespace weft;

// Whether the convolution is all that its kernel computes, so that it may be split over threads.
static bool isAlone(kernel::ConvOp conv, kernel::FuncOp func) {
  return conv->getParentOp() == func && llvm::all_of(func.getBody().front(), [&](Operation &other) {
           return &other == conv || other.hasTrait<OpTrait::ConstantLike>() ||
                  other.hasTrait<OpTrait::IsTerminator>() ||
                  (other.getNumResults() > 0 && isa<IndexType>(other.getResult(0).getType())) ||
                  isa<tensor::EmptyOp, tensor::DimOp, tensor::CastOp, tensor::CollapseShapeOp,
                      tensor::ExpandShapeOp>(other);
         });
}

namespace {

struct SchedChooseWinograd : weft::impl::SchedChooseWinogradPassBase<SchedChooseWinograd> {
  using SchedChooseWinogradPassBase::SchedChooseWinogradPassBase;

  void runOnOperation() override {
    kernel::FuncOp func = getOperation();
    std::optional<CPUTarget> target = lookupCPUTarget(level);
    if (!target) {
      func.emitOpError() << "expected level to be a row of CPUTargets.inc or native, but got '" << level
                         << "' [sched-choose-winograd-C1]";
      return signalPassFailure();
    }
    func.walk([&](kernel::ConvOp conv) {
      if (!isAlone(conv, func))
        return;
      if (int64_t tile = chooseWinogradTile(conv, *target, maxTile))
        conv->setAttr(sched::getWinogradAttrName(),
                      IntegerAttr::get(IntegerType::get(&getContext(), 64), tile));
    });
  }
};

} // namespace
