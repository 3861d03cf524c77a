// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How many processors this process may use.
#ifndef WEFT_RUNTIME_SRC_CPU_PROCESSORS_H
#define WEFT_RUNTIME_SRC_CPU_PROCESSORS_H

namespace weft::rt {

/// The processors of the process's affinity mask, but no more than its control groups' share of time: a
/// container that may use two processors' time of sixty-four gets 2, since more threads would only be stopped
/// in turn. At least 1.
unsigned availableProcessors();

/// Processors that `quota` microseconds of every `period` are worth, rounded up; 0 when there is no limit.
/// Reads the two numbers as the kernel writes them to cpu.max: "200000 100000", "max 100000".
unsigned processorsOfQuota(const char *cpuMax);

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_CPU_PROCESSORS_H
