// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The monotonic clock.
#ifndef WEFT_RUNTIME_SRC_CLOCK_H
#define WEFT_RUNTIME_SRC_CLOCK_H

#include <cstdint>
#include <ctime>

namespace weft::rt {

/// Now, in nanoseconds since some fixed moment; about 25 ns a call.
inline uint64_t nowNs() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(time.tv_nsec);
}

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_CLOCK_H
