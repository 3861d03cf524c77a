// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks CPU levels up in their table.
#include "weft/Strategy/TargetInfo.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"

using namespace weft;

namespace {

struct TargetRow {
  CPUTarget target;
  llvm::StringRef feature;
};

#define WEFT_CPU_TARGET(name, lanes, registers, fma, multiplies, loads, latency, l1, ways, l2, feature, dot) \
  TargetRow{                                                                                                 \
      {name, lanes, registers, fma, multiplies, loads, latency, l1, ways, l2, mlir::sched::CPUDot::dot},     \
      feature},
const TargetRow targetRows[] = {
#include "CPUTargets.inc"
};

} // namespace

std::optional<CPUTarget> weft::lookupCPUTarget(llvm::StringRef name) {
  if (name != "native") {
    for (const TargetRow &row : targetRows)
      if (row.target.name == name)
        return row.target;
    return std::nullopt;
  }
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  std::optional<CPUTarget> best;
  for (const TargetRow &row : targetRows)
    if (host.lookup(row.feature))
      best = row.target;
  return best;
}

CPUTarget weft::getTargetWithoutTiles(CPUTarget target) {
  if (target.dot == mlir::sched::CPUDot::tdpbusd)
    target.dot = mlir::sched::CPUDot::vpdpbusd;
  return target;
}
