// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads artifacts back, and times their kernels.
#ifndef WEFT_MEASURE_PROFILE_H
#define WEFT_MEASURE_PROFILE_H

#include "weft/Artifact/Writer.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <vector>

namespace weft {

/// What a .weft file says of itself: everything but code, constants, and the symbols of its entries.
///
/// Errors: the runtime's message.
llvm::Expected<ArtifactDescription> readArtifact(llvm::StringRef path);

/// Time of one kernel on one thread.
struct KernelTime {
  double calls = 0;     ///< per run
  double nsPerCall = 0; ///< 0 when it did not run
  int64_t flops = -1;   ///< of one call; -1: not known
  int64_t bytes = -1;
};

/// Runs the artifact in `path` for about `seconds` on one thread with random inputs and times its kernels.
///
/// `sizes` holds sizes of symbols; the others are 1. Errors: the runtime's message.
llvm::Expected<std::vector<KernelTime>>
profileArtifact(llvm::StringRef path, const llvm::StringMap<int64_t> &sizes, double seconds);

} // namespace weft

#endif // WEFT_MEASURE_PROFILE_H
