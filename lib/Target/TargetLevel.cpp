// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks instruction-set levels up in their table and describes the machine that this process runs on.
#include "weft/Target/TargetLevel.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"

using namespace weft;

namespace {

/// A row of CPULevels.inc.
struct LevelRow {
  llvm::StringRef name, triple, cpu, needs, extra;
  unsigned vectorBits, numVectorRegisters;
  bool hasFMA, hasF16C, hasAVX512;
};

#define WEFT_CPU_LEVEL(...) LevelRow{__VA_ARGS__},
const LevelRow levelRows[] = {
#include "CPULevels.inc"
};

/// What native code may use beyond the psABI level that it is based on, where the machine has it:
/// instructions that LLVM selects by itself for arithmetic, shuffles and conversions, and those that code
/// generation asks for. LLVM is given no other feature of the machine, so that code needs exactly what the
/// artifact states. Tiles (amx-tile, amx-int8) are not among them as long as no whole model was measured with
/// them on a machine that has them (docs/adr/0020-tiles.md).
constexpr llvm::StringLiteral nativeFeatures[] = {
    "avx",        "avx2",       "fma",         "f16c",         "bmi",
    "bmi2",       "lzcnt",      "movbe",       "avx512f",      "avx512bw",
    "avx512cd",   "avx512dq",   "avx512vl",    "avx512vnni",   "avx512bf16",
    "avx512fp16", "avx512vbmi", "avx512vbmi2", "avx512bitalg", "avx512vpopcntdq",
    "avxvnni",    "gfni"};

bool hostHas(const llvm::StringMap<bool> &host, llvm::StringRef feature) {
  auto it = host.find(feature);
  return it != host.end() && it->second;
}

/// Whether the host has each of the comma-separated features of `needs`.
bool hostHasAll(const llvm::StringMap<bool> &host, llvm::StringRef needs) {
  llvm::SmallVector<llvm::StringRef> names;
  needs.split(names, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  return llvm::all_of(names, [&](llvm::StringRef name) { return hostHas(host, name); });
}

/// Lets `level` use each of the comma-separated features of `extra`, which its machines must then have.
void addFeatures(TargetLevel &level, llvm::StringRef extra) {
  llvm::SmallVector<llvm::StringRef> names;
  extra.split(names, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (llvm::StringRef name : names) {
    if (llvm::is_contained(level.required, name))
      continue;
    level.features += ((level.features.empty() ? "+" : ",+") + name).str();
    level.required.push_back(name.str());
  }
  llvm::sort(level.required);
  auto has = [&](llvm::StringRef feature) { return llvm::is_contained(level.required, feature); };
  level.hasVNNI = level.hasAVX512 && has("avx512vnni");
  level.hasAVXVNNI = has("avxvnni") || level.hasVNNI;
  level.hasBF16 = level.hasAVX512 && has("avx512bf16");
  level.hasAMXInt8 = has("amx-tile") && has("amx-int8");
  level.hasAMXBF16 = has("amx-tile") && has("amx-bf16");
}

TargetLevel makeLevel(const LevelRow &row) {
  TargetLevel level;
  level.name = row.name.str();
  level.triple = row.triple.str();
  level.cpu = row.cpu.str();
  llvm::SmallVector<llvm::StringRef> needs;
  row.needs.split(needs, ',');
  level.required.assign(needs.begin(), needs.end());
  llvm::sort(level.required);
  level.vectorBits = row.vectorBits;
  level.numVectorRegisters = row.numVectorRegisters;
  level.hasFMA = row.hasFMA;
  level.hasF16C = row.hasF16C;
  level.hasAVX512 = row.hasAVX512;
  addFeatures(level, row.extra);
  return level;
}

/// The best psABI level that the host runs, plus what else of use the host offers; scheduled for the host.
std::optional<TargetLevel> makeNativeLevel() {
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  const LevelRow *best = nullptr;
  for (const LevelRow &row : levelRows)
    if (row.extra.empty() && hostHasAll(host, row.needs))
      best = &row;
  if (!best)
    return std::nullopt;
  TargetLevel level = makeLevel(*best);
  level.name = "native";
  level.tuneCPU = llvm::sys::getHostCPUName().str();
  // In the table's order, so that the same machine always gives the same text.
  llvm::SmallVector<llvm::StringRef> features;
  for (llvm::StringRef feature : nativeFeatures)
    if (hostHas(host, feature))
      features.push_back(feature);
  addFeatures(level, llvm::join(features, ","));
  return level;
}

} // namespace

llvm::ArrayRef<llvm::StringRef> weft::getTargetLevelNames() {
  static const llvm::SmallVector<llvm::StringRef> names = [] {
    llvm::SmallVector<llvm::StringRef> result;
    for (const LevelRow &row : levelRows)
      result.push_back(row.name);
    result.push_back("native");
    return result;
  }();
  return names;
}

std::optional<TargetLevel> weft::lookupTargetLevel(llvm::StringRef name) {
  if (name == "native")
    return makeNativeLevel();
  for (const LevelRow &row : levelRows)
    if (row.name == name)
      return makeLevel(row);
  return std::nullopt;
}

void weft::removeTiles(TargetLevel &level) {
  auto isTile = [](llvm::StringRef feature) { return feature.starts_with("amx-"); };
  llvm::SmallVector<llvm::StringRef> features;
  llvm::StringRef(level.features).split(features, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  llvm::erase_if(features, [&](llvm::StringRef feature) { return isTile(feature.drop_front()); });
  level.features = llvm::join(features, ",");
  llvm::erase_if(level.required, isTile);
  level.hasAMXInt8 = level.hasAMXBF16 = false;
}

bool weft::isSupportedByHost(const TargetLevel &level) {
  if (level.name == "native")
    return true;
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  for (const LevelRow &row : levelRows)
    if (row.name == level.name)
      return hostHasAll(host, row.needs) && hostHasAll(host, row.extra);
  return false;
}
