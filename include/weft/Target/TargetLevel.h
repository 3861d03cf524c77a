// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names the instruction-set levels that code is made for, and what each of them offers.
#ifndef WEFT_TARGET_TARGETLEVEL_H
#define WEFT_TARGET_TARGETLEVEL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>
#include <vector>

namespace weft {

/// One instruction-set level: what LLVM is told, and the facts that code generation asks for.
///
/// Units: vectorBits is the width that loops are vectorised to, in bits.
struct TargetLevel {
  std::string name;     ///< "x86-64-v3"; "native" keeps that name and describes this machine.
  std::string triple;   ///< LLVM triple.
  std::string cpu;      ///< LLVM processor name: its features may be used.
  std::string tuneCPU;  ///< LLVM processor name to schedule for; empty: `cpu`.
  std::string features; ///< What LLVM may use beyond `cpu` ("+avx512vnni,+gfni"); empty when `cpu` says all.
  std::vector<std::string> required; ///< Features that a machine must have to run the code, by LLVM's names,
                                     ///< sorted: those of `cpu` that its psABI level adds, and `features`.
  unsigned vectorBits = 128;
  unsigned numVectorRegisters = 16;
  bool hasSSE41 = true;    ///< Rounding and blend instructions.
  bool hasFMA = false;     ///< Fused multiply-add.
  bool hasF16C = false;    ///< Conversions between f16 and f32.
  bool hasAVX512 = false;  ///< F, BW, CD, DQ and VL.
  bool hasVNNI = false;    ///< vpdpbusd on 512-bit registers.
  bool hasAVXVNNI = false; ///< vpdpbusd on 256-bit registers.
  bool hasBF16 = false;    ///< vdpbf16ps.
  bool hasAMXInt8 = false; ///< Tile products of bytes.
  bool hasAMXBF16 = false; ///< Tile products of bf16.
};

/// Takes the tile instructions away from what LLVM may use and machines must have.
void removeTiles(TargetLevel &level);

/// Names of all levels, in rising order of what they need, "native" last.
llvm::ArrayRef<llvm::StringRef> getTargetLevelNames();

/// Returns: the level called `name`, or nullopt when there is none.
std::optional<TargetLevel> lookupTargetLevel(llvm::StringRef name);

/// Whether this machine can run code of `level`.
bool isSupportedByHost(const TargetLevel &level);

} // namespace weft

#endif // WEFT_TARGET_TARGETLEVEL_H
