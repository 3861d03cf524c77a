// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rounding between double and narrower float formats, in one step.
#ifndef WEFT_LIB_REFERENCE_FLOATFORMAT_H
#define WEFT_LIB_REFERENCE_FLOATFORMAT_H

#include "mlir/IR/BuiltinTypes.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace weft::reference {

/// Bits of an IEEE format with E exponent and M mantissa bits that are nearest to `value`, half to even;
/// infinity beyond the range.
template <int E, int M> uint16_t encodeFloat(double value) {
  constexpr int64_t bias = (1 << (E - 1)) - 1;
  constexpr uint64_t infinity = static_cast<uint64_t>((1 << E) - 1) << M;
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  uint16_t sign = static_cast<uint16_t>(bits >> 63 << (E + M));
  if (std::isnan(value))
    return sign | static_cast<uint16_t>(infinity | (1u << (M - 1)));
  if (std::isinf(value))
    return sign | static_cast<uint16_t>(infinity);
  int64_t exponent = static_cast<int64_t>(bits >> 52 & 0x7ff) - 1023;
  if (exponent == -1023) // Zero, or a double denormal, far below every narrower format.
    return sign;
  uint64_t mantissa = (bits & ((1ull << 52) - 1)) | 1ull << 52;
  int64_t shift = 52 - M;
  if (exponent < 1 - bias)
    shift += 1 - bias - exponent;
  if (shift > 54)
    return sign;
  uint64_t rounded = mantissa >> shift, rest = mantissa & ((1ull << shift) - 1), half = 1ull << (shift - 1);
  if (rest > half || (rest == half && (rounded & 1)))
    ++rounded;
  // A carry out of the mantissa raises the exponent, as it should.
  uint64_t code = exponent < 1 - bias ? rounded : rounded + (static_cast<uint64_t>(exponent + bias - 1) << M);
  return sign | static_cast<uint16_t>(code > infinity ? infinity : code);
}

/// The value of these bits.
template <int E, int M> double decodeFloat(uint16_t bits) {
  constexpr int bias = (1 << (E - 1)) - 1;
  int exponent = bits >> M & ((1 << E) - 1), mantissa = bits & ((1 << M) - 1);
  double magnitude;
  if (exponent == (1 << E) - 1)
    magnitude = mantissa ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
  else if (exponent == 0)
    magnitude = std::ldexp(mantissa, 1 - bias - M);
  else
    magnitude = std::ldexp(mantissa | 1 << M, exponent - bias - M);
  return bits >> (E + M) ? -magnitude : magnitude;
}

/// float8 and narrower types, by their semantics in LLVM.
double decodeSmallFloat(mlir::Type type, uint8_t bits);
uint8_t encodeSmallFloat(mlir::Type type, double value);

} // namespace weft::reference

#endif // WEFT_LIB_REFERENCE_FLOATFORMAT_H
