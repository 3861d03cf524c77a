// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Flushes denormal floats to zero for the time of a scope, on the calling thread.
#ifndef WEFT_RUNTIME_SRC_CPU_DENORMALS_H
#define WEFT_RUNTIME_SRC_CPU_DENORMALS_H

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace weft::rt {

/// Sets flush-to-zero and denormals-are-zero when `isOn`, and restores the thread's state at the end of the
/// scope. A multiply with a denormal costs some hundred cycles on common processors.
class DenormalScope {
public:
  explicit DenormalScope(bool isOn) : saved(isOn), state(isOn ? exchange() : 0) {}
  ~DenormalScope() {
    if (saved)
      restore(state);
  }
  DenormalScope(const DenormalScope &) = delete;
  DenormalScope &operator=(const DenormalScope &) = delete;

private:
#if defined(__x86_64__)
  static uint64_t exchange() {
    constexpr uint32_t flushToZero = 0x8000, denormalsAreZero = 0x0040;
    uint32_t old = _mm_getcsr();
    _mm_setcsr(old | flushToZero | denormalsAreZero);
    return old;
  }
  // Exception flags that the run raised are dropped with the rest: a library leaves no trace.
  static void restore(uint64_t old) { _mm_setcsr(static_cast<uint32_t>(old)); }
#elif defined(__aarch64__)
  static uint64_t exchange() {
    uint64_t old;
    __asm__ volatile("mrs %0, fpcr" : "=r"(old));
    constexpr uint64_t flushToZero = uint64_t(1) << 24;
    __asm__ volatile("msr fpcr, %0" ::"r"(old | flushToZero));
    return old;
  }
  static void restore(uint64_t old) { __asm__ volatile("msr fpcr, %0" ::"r"(old)); }
#else
  static uint64_t exchange() { return 0; }
  static void restore(uint64_t) {}
#endif

  bool saved;
  uint64_t state;
};

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_CPU_DENORMALS_H
