// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Measures the peak rates of one thread with loops that do nothing else.
#include "weft/Measure/Roofline.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

using namespace weft;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Accumulators in flight: two ports times a latency of at most six cycles.
constexpr int kAccumulators = 12;
// Working sets: within the first and second level of common processors, within the third, in memory.
constexpr uint64_t kWorkingSets[] = {16 << 10, 256 << 10, 4 << 20, 64 << 20};

// Values that the compiler cannot know, and a result that it must compute.
volatile float factor = 1.0f, term = 0.0f, sink;

/// One vector type's loops. `Lanes` floats per vector; `fma`, `load` and `add` are the instructions.
#define WEFT_PEAK_LOOPS(suffix, features, vector, lanes, set1, fma, load, add, zero)                         \
  __attribute__((target(features))) void multiply##suffix(int64_t count) {                                   \
    vector sums[kAccumulators], x = set1(factor), y = set1(term);                                            \
    for (vector &sum : sums)                                                                                 \
      sum = set1(1.0f);                                                                                      \
    for (int64_t i = 0; i < count; ++i)                                                                      \
      for (vector &sum : sums)                                                                               \
        sum = fma(sum, x, y);                                                                                \
    for (int i = 1; i < kAccumulators; ++i)                                                                  \
      sums[0] = add(sums[0], sums[i]);                                                                       \
    sink = reinterpret_cast<const float *>(sums)[0];                                                         \
  }                                                                                                          \
  __attribute__((target(features))) void read##suffix(const float *data, uint64_t count) {                   \
    vector sums[8];                                                                                          \
    for (vector &sum : sums)                                                                                 \
      sum = zero();                                                                                          \
    for (uint64_t i = 0; i < count; i += 8 * (lanes))                                                        \
      for (int k = 0; k < 8; ++k)                                                                            \
        sums[k] = add(sums[k], load(data + i + k * (lanes)));                                                \
    for (int i = 1; i < 8; ++i)                                                                              \
      sums[0] = add(sums[0], sums[i]);                                                                       \
    sink = reinterpret_cast<const float *>(sums)[0];                                                         \
  }

#if defined(__x86_64__)
#define WEFT_MULTIPLY_ADD(a, b, c) _mm_add_ps(_mm_mul_ps(a, b), c)
WEFT_PEAK_LOOPS(Sse, "sse2", __m128, 4, _mm_set1_ps, WEFT_MULTIPLY_ADD, _mm_load_ps, _mm_add_ps,
                _mm_setzero_ps)
WEFT_PEAK_LOOPS(Avx2, "avx2,fma", __m256, 8, _mm256_set1_ps, _mm256_fmadd_ps, _mm256_load_ps, _mm256_add_ps,
                _mm256_setzero_ps)
WEFT_PEAK_LOOPS(Avx512, "avx512f", __m512, 16, _mm512_set1_ps, _mm512_fmadd_ps, _mm512_load_ps, _mm512_add_ps,
                _mm512_setzero_ps)
#undef WEFT_MULTIPLY_ADD
#else
inline float multiplyAdd(float a, float b, float c) { return a * b + c; }
inline float same(float a) { return a; }
inline float at(const float *data) { return *data; }
inline float plus(float a, float b) { return a + b; }
inline float nothing() { return 0; }
WEFT_PEAK_LOOPS(Scalar, "", float, 1, same, multiplyAdd, at, plus, nothing)
#endif
#undef WEFT_PEAK_LOOPS

struct Loops {
  void (*multiply)(int64_t count);
  void (*read)(const float *data, uint64_t count);
  int lanes;
};

Loops chooseLoops() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f"))
    return {multiplyAvx512, readAvx512, 16};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {multiplyAvx2, readAvx2, 8};
  return {multiplySse, readSse, 4};
#else
  return {multiplyScalar, readScalar, 1};
#endif
}

/// The least time of a few tries of `work`: others on the machine only ever make it longer.
template <typename Fn> double leastSeconds(Fn work) {
  double best = 0;
  for (int i = 0; i < 5; ++i) {
    Clock::time_point start = Clock::now();
    work();
    double seconds = secondsSince(start);
    best = i == 0 ? seconds : std::min(best, seconds);
  }
  return best;
}

} // namespace

double MachinePeaks::getLeastSeconds(double flopCount, double bytes, bool &isMemoryBound) const {
  double bandwidth = bandwidths.back().bytesPerSecond;
  for (const Bandwidth &level : bandwidths)
    if (bytes <= static_cast<double>(level.bytes)) {
      bandwidth = level.bytesPerSecond;
      break;
    }
  double compute = flopCount / flops, memory = bytes / bandwidth;
  isMemoryBound = memory > compute;
  return std::max(compute, memory);
}

MachinePeaks weft::measurePeaks() {
  Loops loops = chooseLoops();
  MachinePeaks peaks;
  constexpr int64_t rounds = 200000;
  double seconds = leastSeconds([&] { loops.multiply(rounds); });
  peaks.flops = 2.0 * static_cast<double>(rounds) * kAccumulators * loops.lanes / seconds;
  const uint64_t largest = kWorkingSets[std::size(kWorkingSets) - 1];
  std::unique_ptr<float, decltype(&free)> data(static_cast<float *>(aligned_alloc(64, largest)), &free);
  if (!data)
    return peaks.bandwidths.push_back({largest, 1e10}), peaks;
  std::fill_n(data.get(), largest / sizeof(float), 1.0f);
  for (uint64_t bytes : kWorkingSets) {
    // Small sets are read often enough for the clock.
    uint64_t times = std::max<uint64_t>(1, (uint64_t(16) << 20) / bytes);
    double took = leastSeconds([&] {
      for (uint64_t i = 0; i < times; ++i)
        loops.read(data.get(), bytes / sizeof(float));
    });
    peaks.bandwidths.push_back({bytes, static_cast<double>(bytes * times) / took});
  }
  return peaks;
}
