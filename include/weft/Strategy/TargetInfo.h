// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What decisions need to know of a CPU.
#ifndef WEFT_STRATEGY_TARGETINFO_H
#define WEFT_STRATEGY_TARGETINFO_H

#include "dialects/Sched/IR/SchedDialect.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>

namespace weft {

/// One row of CPUTargets.inc. Units: bytes, f32 lanes, instructions per cycle, cycles.
struct CPUTarget {
  llvm::StringRef name;
  int64_t lanes;
  int64_t numRegisters;
  bool hasFMA;
  double multipliesPerCycle;
  double loadsPerCycle;
  int64_t multiplyLatency;
  int64_t l1Bytes;
  int64_t l1Ways;
  int64_t l2Bytes;
  mlir::sched::CPUDot dot;
};

/// The row called `name`; "native" gives the best row that this machine can run.
///
/// Returns: nullopt when there is none.
std::optional<CPUTarget> lookupCPUTarget(llvm::StringRef name);

/// The same target without tile instructions, whose place those on vectors take.
CPUTarget getTargetWithoutTiles(CPUTarget target);

} // namespace weft

#endif // WEFT_STRATEGY_TARGETINFO_H
