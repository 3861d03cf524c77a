// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns convolutions that Strategy chose into Winograd's algorithm.
#include "dialects/Sched/IR/SchedDialect.h"
#include "weft/Codegen/CPU/Passes.h"

#include "mlir/IR/SymbolTable.h"

namespace weft {
#define GEN_PASS_DEF_WEFTFORMWINOGRADPASS
#include "weft/Codegen/CPU/Passes.h.inc"
} // namespace weft

using namespace mlir;

// The launches of each kernel, by name.
static llvm::DenseMap<StringAttr, SmallVector<kernel::LaunchOp, 1>> collectLaunches(ModuleOp module) {
  llvm::DenseMap<StringAttr, SmallVector<kernel::LaunchOp, 1>> launches;
  module.walk([&](kernel::LaunchOp launch) { launches[launch.getKernelAttr().getAttr()].push_back(launch); });
  return launches;
}

// Turns one convolution; false when its filter is no argument of the kernel or has other readers.
static bool form(kernel::ConvOp conv, kernel::FuncOp func, ArrayRef<kernel::LaunchOp> launches,
                 int64_t tile) {
  auto filter = dyn_cast<BlockArgument>(conv.getFilter());
  if (!filter || filter.getOwner() != &func.getBody().front() || !filter.hasOneUse())
    return false;
  unsigned number = filter.getArgNumber();
  auto packForm = kernel::WinogradAttr::get(conv.getContext(), tile);
  RankedTensorType packed;
  OpBuilder b(conv);
  for (kernel::LaunchOp launch : launches) {
    b.setInsertionPoint(launch);
    Value pack = kernel::PackOp::create(b, launch.getLoc(), launch->getOperand(number), packForm);
    launch->setOperand(number, pack);
    packed = cast<RankedTensorType>(pack.getType());
  }
  if (!packed)
    return false;
  filter.setType(packed);
  SmallVector<Type> inputs(func.getFunctionType().getInputs());
  inputs[number] = packed;
  func.setType(FunctionType::get(func.getContext(), inputs, func.getFunctionType().getResults()));

  b.setInsertionPoint(conv);
  OperationState state(conv.getLoc(), kernel::WinogradOp::getOperationName());
  state.addOperands(conv->getOperands());
  state.addTypes(conv->getResultTypes());
  auto &properties = state.getOrAddProperties<kernel::WinogradOp::Properties>();
  properties.pads = conv.getPadsAttr();
  properties.epilogue_maps = conv.getEpilogueMapsAttr();
  state.addRegion()->takeBody(conv.getEpilogue());
  Operation *winograd = b.create(state);
  conv->replaceAllUsesWith(winograd);
  conv.erase();
  return true;
}

int64_t weft::formWinograd(ModuleOp module) {
  auto launches = collectLaunches(module);
  int64_t count = 0;
  for (auto func : module.getOps<kernel::FuncOp>()) {
    SmallVector<std::pair<kernel::ConvOp, int64_t>> chosen;
    func.walk([&](kernel::ConvOp conv) {
      if (auto tile = dyn_cast_if_present<IntegerAttr>(conv->removeAttr(sched::getWinogradAttrName())))
        chosen.push_back({conv, tile.getInt()});
    });
    for (auto [conv, tile] : chosen)
      count += form(conv, func, launches[func.getSymNameAttr()], tile);
  }
  return count;
}

namespace {

struct FormWinograd : weft::impl::WeftFormWinogradPassBase<FormWinograd> {
  void runOnOperation() override { numFormed += weft::formWinograd(getOperation()); }
};

} // namespace
