// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The floating-point mode that compiled code expects, for the time of a scope on the calling thread.
#ifndef WEFT_RUNTIME_SRC_CPU_FLOAT_MODE_H
#define WEFT_RUNTIME_SRC_CPU_FLOAT_MODE_H

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace weft::rt {

/// Sets round-to-nearest, masks all exceptions and, unless `keepsDenormals`, flushes denormals to zero as
/// operands and results; restores the thread's state at the end of the scope, so that a run leaves no trace
/// and its numbers do not depend on the caller. A multiply with a denormal costs some hundred cycles on
/// common processors.
class FloatModeScope {
public:
  explicit FloatModeScope(bool keepsDenormals) : saved(exchange(keepsDenormals)) {}
  ~FloatModeScope() { restore(saved); }
  FloatModeScope(const FloatModeScope &) = delete;
  FloatModeScope &operator=(const FloatModeScope &) = delete;

private:
#if defined(__x86_64__)
  static uint64_t exchange(bool keepsDenormals) {
    constexpr uint32_t allMasked = 0x1f80, flushToZero = 0x8000, denormalsAreZero = 0x0040;
    uint32_t old = _mm_getcsr();
    _mm_setcsr(keepsDenormals ? allMasked : allMasked | flushToZero | denormalsAreZero);
    return old;
  }
  static void restore(uint64_t old) { _mm_setcsr(static_cast<uint32_t>(old)); }
#elif defined(__aarch64__)
  static uint64_t exchange(bool keepsDenormals) {
    constexpr uint64_t flushToZero = uint64_t(1) << 24;
    uint64_t old;
    __asm__ volatile("mrs %0, fpcr" : "=r"(old));
    __asm__ volatile("msr fpcr, %0" ::"r"(keepsDenormals ? 0 : flushToZero));
    return old;
  }
  static void restore(uint64_t old) { __asm__ volatile("msr fpcr, %0" ::"r"(old)); }
#else
  static uint64_t exchange(bool) { return 0; }
  static void restore(uint64_t) {}
#endif

  uint64_t saved;
};

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_CPU_FLOAT_MODE_H
