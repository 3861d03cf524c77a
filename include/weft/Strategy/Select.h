// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decides schedules: one function per class of ops.
#ifndef WEFT_STRATEGY_SELECT_H
#define WEFT_STRATEGY_SELECT_H

#include "dialects/Kernel/IR/KernelOps.h"
#include "dialects/Sched/IR/SchedDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "weft/Strategy/TargetInfo.h"
#include <string>

namespace weft {

/// A schedule and why it was chosen, in one sentence.
struct Choice {
  mlir::sched::CPUAttr sched;
  std::string reason;
};

/// Chooses the schedule of a contraction, or of a structured op that a kernel returns.
///
/// `isSplit` says whether the op may be split over threads. Sizes that are unknown are taken to be middling:
/// a schedule is right for every size, but fast for the likely ones.
Choice selectContract(mlir::kernel::ContractOp op, const CPUTarget &target, bool isSplit);
Choice selectConv(mlir::kernel::ConvOp op, const CPUTarget &target, bool isSplit);
Choice selectDepthwise(mlir::kernel::DepthwiseOp op, const CPUTarget &target, bool isSplit);
Choice selectWinograd(mlir::kernel::WinogradOp op, const CPUTarget &target, bool isSplit);
Choice selectLoops(mlir::linalg::LinalgOp op, const CPUTarget &target, bool isSplit);

/// The size of output tiles, at most `maxTile`, by which Winograd's algorithm should compute `op`; 0: it
/// should not.
///
/// Requires: `op` may be split over threads.
int64_t chooseWinogradTile(mlir::kernel::ConvOp op, const CPUTarget &target, int64_t maxTile);

} // namespace weft

#endif // WEFT_STRATEGY_SELECT_H
