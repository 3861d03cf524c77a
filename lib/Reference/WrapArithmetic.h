// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Integer arithmetic that wraps at 64 bits, as compiled code does it.
#ifndef WEFT_LIB_REFERENCE_WRAPARITHMETIC_H
#define WEFT_LIB_REFERENCE_WRAPARITHMETIC_H

#include <cstdint>

namespace weft::reference {

inline int64_t addWrap(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
inline int64_t subWrap(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
inline int64_t mulWrap(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

} // namespace weft::reference

#endif // WEFT_LIB_REFERENCE_WRAPARITHMETIC_H
