// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one thread of this machine can do at most.
#ifndef WEFT_MEASURE_ROOFLINE_H
#define WEFT_MEASURE_ROOFLINE_H

#include <cstdint>
#include <vector>

namespace weft {

/// Rates of one thread, as measured. Units: per second.
struct MachinePeaks {
  double flops = 0; ///< f32 operations, a fused multiply-add counting two
  /// Bytes read per second from a working set of at most `bytes`, rising.
  struct Bandwidth {
    uint64_t bytes;
    double bytesPerSecond;
  };
  std::vector<Bandwidth> bandwidths;

  /// The least time in seconds that `flops` operations on `bytes` bytes can take, and what limits it. The
  /// bytes come from the smallest level of memory that holds them.
  double getLeastSeconds(double flops, double bytes, bool &isMemoryBound) const;
};

/// Measures this machine, some 50 ms.
MachinePeaks measurePeaks();

} // namespace weft

#endif // WEFT_MEASURE_ROOFLINE_H
