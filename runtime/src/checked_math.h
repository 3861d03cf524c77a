// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Size arithmetic that reports overflow instead of wrapping.
#ifndef WEFT_RUNTIME_SRC_CHECKED_MATH_H
#define WEFT_RUNTIME_SRC_CHECKED_MATH_H

#include "weft_runtime.h"

#include <cstddef>
#include <cstdint>

namespace weft::rt {

/// a + b, a * b; false when the result does not fit, `out` then undefined.
template <typename T> inline bool checkedAdd(T a, T b, T &out) { return !__builtin_add_overflow(a, b, &out); }
template <typename T> inline bool checkedMul(T a, T b, T &out) { return !__builtin_mul_overflow(a, b, &out); }

/// `value` rounded up to a multiple of `alignment`, a power of two; the sum must not overflow.
inline constexpr size_t alignUp(size_t value, size_t alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

/// No tensor or buffer may be larger: leaves room for rounding up in every later sum.
inline constexpr uint64_t maxTensorBytes = uint64_t(1) << 47;

/// Bytes of a dense tensor, sub-byte elements packed and rounded up; false for a negative dim or a size above
/// maxTensorBytes. A zero dim makes zero bytes, whatever the others are.
inline bool tensorBytes(weft_dtype dtype, const int64_t *dims, uint32_t rank, uint64_t &out) {
  uint64_t elements = 1;
  bool isEmpty = false, fits = true;
  for (uint32_t i = 0; i < rank; ++i) {
    if (dims[i] < 0)
      return false;
    isEmpty |= dims[i] == 0;
    fits = fits && checkedMul(elements, static_cast<uint64_t>(dims[i]), elements);
  }
  uint64_t bits;
  if (isEmpty) {
    out = 0;
    return true;
  }
  if (!fits || !checkedMul(elements, static_cast<uint64_t>(weft_dtype_bits(dtype)), bits))
    return false;
  out = bits / 8 + (bits % 8 != 0);
  return out <= maxTensorBytes;
}

} // namespace weft::rt

#endif // WEFT_RUNTIME_SRC_CHECKED_MATH_H
