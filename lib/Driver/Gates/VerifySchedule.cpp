// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks that schedules are there, and that code generation can obey them.
#include "weft/Driver/Gates.h"

#include "GatePass.h"
#include "dialects/Sched/IR/SchedDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "weft/Codegen/CPU/CheckSchedule.h"

namespace weft {
#define GEN_PASS_DEF_VERIFYSCHEDULEPASS
#include "weft/Driver/Passes.h.inc"
} // namespace weft

using namespace mlir;

static LogicalResult verifyOp(Operation *op) {
  if (op->hasAttr(sched::getWinogradAttrName()))
    return op->emitOpError("internal: expected no sched.winograd after weft-form-winograd");
  sched::CPUAttr sched = sched::CPUAttr::of(op);
  size_t numLoops = 0;
  if (auto contraction = dyn_cast<kernel::EpilogueOpInterface>(op)) {
    std::string fault = weft::findScheduleFault(contraction);
    if (!fault.empty())
      return op->emitOpError() << "internal: " << fault;
    numLoops = cast<ShapedType>(contraction.getInit().getType()).getRank();
  } else if (!sched) {
    return success();
  } else if (auto loops = dyn_cast<linalg::LinalgOp>(op)) {
    if (sched.getKernel() != sched::CPUKernel::loops)
      return op->emitOpError() << "internal: expected a schedule of loops, but got "
                               << sched::stringifyCPUKernel(sched.getKernel());
    numLoops = loops.getNumLoops();
  } else {
    return op->emitOpError("internal: expected no schedule on an op that none is obeyed for");
  }
  if (!sched.getParallel().empty() && sched.getParallel().size() != numLoops)
    return op->emitOpError() << "internal: expected " << numLoops << " parallel tile sizes, but got "
                             << sched.getParallel().size();
  return success();
}

LogicalResult weft::verifySchedule(kernel::FuncOp func) {
  LogicalResult result = success();
  func.walk([&](Operation *op) {
    if (failed(verifyOp(op)))
      result = failure();
  });
  return result;
}

namespace {

struct VerifySchedulePass
    : ::weft::GatePass<::weft::impl::VerifySchedulePassBase<VerifySchedulePass>, ::weft::verifySchedule> {};

} // namespace
