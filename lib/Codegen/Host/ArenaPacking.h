// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Offline packing of buffers with known lifetimes into one arena.
#ifndef WEFT_CODEGEN_HOST_ARENAPACKING_H
#define WEFT_CODEGEN_HOST_ARENAPACKING_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace weft {

/// A buffer: size in bytes and the steps of the program (inclusive) between which it is live.
struct ArenaRequest {
  int64_t bytes = 0;
  int64_t begin = 0;
  int64_t end = 0;
};

struct PackedArena {
  std::vector<int64_t> offsets; ///< one per request, multiples of the alignment
  int64_t bytes = 0;
  int64_t lowerBound = 0; ///< largest sum of sizes that are live at one step
};

/// Places the largest buffers first, each at the lowest gap among those that it meets in time.
///
/// `alignment` is in bytes, a power of two. Source: the greedy-by-size strategy of Pisarchyk and Lee,
/// "Efficient Memory Management for Deep Neural Net Inference" (2020).
PackedArena packArena(llvm::ArrayRef<ArenaRequest> requests, int64_t alignment);

} // namespace weft

#endif // WEFT_CODEGEN_HOST_ARENAPACKING_H
