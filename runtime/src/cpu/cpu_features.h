// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What this processor and its operating system can execute, by the names that LLVM gives to features.
#ifndef WEFT_RUNTIME_SRC_CPU_CPU_FEATURES_H
#define WEFT_RUNTIME_SRC_CPU_CPU_FEATURES_H

#include <cstddef>

namespace weft::rt {

/// "x86_64", "aarch64", or "unknown".
const char *hostArch();

/// True when code that uses `feature` runs here: the processor has it and the system saves its registers.
/// Unknown names are false.
bool hasFeature(const char *feature);

/// True when the psABI level `level` ("v1" to "v4", also spelled "x86-64-v3") includes `feature`.
///
/// Requires: isPsabiLevel(level).
bool levelIncludes(const char *level, const char *feature);
bool isPsabiLevel(const char *level);

/// Asks the system for AMX tile state, once per process as far as it is concerned.
///
/// Returns: false when it refuses (an older kernel, or an alternate signal stack that is too small).
bool requestTilePermission();

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_CPU_CPU_FEATURES_H
