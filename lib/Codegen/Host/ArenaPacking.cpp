// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Offline packing of buffers with known lifetimes into one arena.
#include "ArenaPacking.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <map>
#include <numeric>

using namespace weft;

PackedArena weft::packArena(llvm::ArrayRef<ArenaRequest> requests, int64_t alignment) {
  PackedArena arena;
  arena.offsets.assign(requests.size(), 0);
  auto alignedBytes = [&](size_t i) -> int64_t { return llvm::alignTo(requests[i].bytes, alignment); };

  // The sum of live bytes changes only where a buffer begins or has ended.
  std::map<int64_t, int64_t> change;
  for (size_t i = 0; i < requests.size(); ++i) {
    change[requests[i].begin] += alignedBytes(i);
    change[requests[i].end + 1] -= alignedBytes(i);
  }
  int64_t live = 0;
  for (auto [step, delta] : change)
    arena.lowerBound = std::max(arena.lowerBound, live += delta);

  std::vector<size_t> order(requests.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::stable_sort(order, [&](size_t a, size_t b) { return requests[a].bytes > requests[b].bytes; });
  std::vector<size_t> placed; // by offset
  for (size_t i : order) {
    int64_t bytes = alignedBytes(i), offset = 0;
    for (size_t other : placed) {
      bool meets = requests[other].begin <= requests[i].end && requests[i].begin <= requests[other].end;
      if (!meets)
        continue;
      if (arena.offsets[other] >= offset + bytes)
        break;
      offset = std::max(offset, arena.offsets[other] + alignedBytes(other));
    }
    arena.offsets[i] = offset;
    arena.bytes = std::max(arena.bytes, offset + bytes);
    placed.insert(
        llvm::upper_bound(placed, i, [&](size_t a, size_t b) { return arena.offsets[a] < arena.offsets[b]; }),
        i);
  }
  return arena;
}
