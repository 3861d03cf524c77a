// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numbers as texts and texts as numbers, the same in every locale.

#include "text_functions.h"

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <locale.h>

namespace weft::rt {

namespace {

/// The C locale for this thread, for as long as the object lives.
class PlainLocale {
public:
  PlainLocale() : plain(newlocale(LC_ALL_MASK, "C", nullptr)), before(plain ? uselocale(plain) : nullptr) {}
  ~PlainLocale() {
    if (!plain)
      return;
    uselocale(before);
    freelocale(plain);
  }

private:
  locale_t plain, before;
};

bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// A double rounded to so many bits of mantissa, half to even, with units of at least 2^leastExponent.
double roundTo(double value, int bits, int leastExponent) {
  uint64_t word;
  memcpy(&word, &value, sizeof(word));
  constexpr int mantissaBits = 52, bias = 1023;
  auto exponent = static_cast<int>(word >> mantissaBits & 0x7FF) - bias;
  int dropped = mantissaBits + 1 - bits;
  if (exponent - bits + 1 < leastExponent)
    dropped = leastExponent - (exponent - mantissaBits);
  if (dropped > mantissaBits) {
    // Less than a unit: more than half of one is one.
    bool isMore = dropped == mantissaBits + 1 && (word & ((uint64_t(1) << mantissaBits) - 1)) != 0;
    word = isMore ? ((word >> mantissaBits) + 1) << mantissaBits : 0;
    memcpy(&value, &word, sizeof(value));
    return value;
  }
  uint64_t half = uint64_t(1) << (dropped - 1);
  word += half - 1 + (word >> dropped & 1);
  word &= ~(2 * half - 1);
  memcpy(&value, &word, sizeof(word));
  return value;
}

double readReal(int64_t kind, const void *numbers, int64_t index) {
  if (kind == WEFT_TEXT_F64)
    return static_cast<const double *>(numbers)[index];
  if (kind == WEFT_TEXT_F32)
    return static_cast<double>(static_cast<const float *>(numbers)[index]);
  uint16_t half = static_cast<const uint16_t *>(numbers)[index];
  if (kind == WEFT_TEXT_BF16) {
    uint32_t word = static_cast<uint32_t>(half) << 16;
    float value;
    memcpy(&value, &word, sizeof(value));
    return static_cast<double>(value);
  }
  constexpr int mantissaBits = 10, leastExponent = -24, infinity = 31;
  int exponent = half >> mantissaBits & 31, mantissa = half & 1023;
  double magnitude;
  if (exponent == infinity) {
    magnitude = mantissa ? __builtin_nan("") : __builtin_inf();
  } else {
    magnitude = exponent ? mantissa + 1024 : mantissa;
    int shift = (exponent ? exponent - 1 : 0) + leastExponent;
    magnitude *= shift < 0 ? 1.0 / static_cast<double>(uint64_t(1) << -shift)
                           : static_cast<double>(uint64_t(1) << shift);
  }
  return half >> 15 ? -magnitude : magnitude;
}

double roundToKind(double value, int64_t kind) {
  switch (kind) {
  case WEFT_TEXT_F32:
    return static_cast<double>(static_cast<float>(value));
  case WEFT_TEXT_F16:
    return roundTo(value, 11, -24);
  case WEFT_TEXT_BF16:
    return roundTo(value, 8, -133);
  default:
    return value;
  }
}

size_t copyText(const char *text, char *out) {
  size_t bytes = strlen(text);
  memcpy(out, text, bytes);
  return bytes;
}

} // namespace

size_t formatNumber(int64_t kind, const void *numbers, int64_t index, char *out) {
  constexpr size_t room = 64;
  if (kind == WEFT_TEXT_I64)
    return static_cast<size_t>(
        snprintf(out, room, "%lld", static_cast<long long>(static_cast<const int64_t *>(numbers)[index])));
  if (kind == WEFT_TEXT_U64)
    return static_cast<size_t>(snprintf(
        out, room, "%llu", static_cast<unsigned long long>(static_cast<const uint64_t *>(numbers)[index])));
  double value = readReal(kind, numbers, index);
  if (value != value)
    return copyText("NaN", out);
  double magnitude = __builtin_fabs(value);
  if (magnitude == __builtin_inf())
    return copyText(value < 0 ? "-INF" : "INF", out);
  PlainLocale locale;
  constexpr int maxDigits = 17;
  constexpr double leastFixed = 1e-4, mostFixed = 1e16;
  int digits = 1, bytes = 0;
  for (; digits <= maxDigits; ++digits) {
    bytes = snprintf(out, room, "%.*e", digits - 1, value);
    if (roundToKind(strtod(out, nullptr), kind) == value)
      break;
  }
  if (value != 0 && (magnitude < leastFixed || magnitude >= mostFixed))
    return static_cast<size_t>(bytes);
  long exponent = value == 0 ? 0 : strtol(strchr(out, 'e') + 1, nullptr, 10);
  int decimals = digits - 1 - static_cast<int>(exponent);
  return static_cast<size_t>(snprintf(out, room, "%.*f", decimals < 1 ? 1 : decimals, value));
}

static void trim(const char *&text, const char *&end) {
  while (text < end && isSpace(*text))
    ++text;
  while (text < end && isSpace(end[-1]))
    --end;
}

bool parseReal(const char *text, const char *end, double &out) {
  trim(text, end);
  if (text == end)
    return false;
  PlainLocale locale;
  char *stop = nullptr;
  out = strtod(text, &stop);
  return stop == end;
}

bool parseInteger(const char *text, const char *end, int64_t &out) {
  trim(text, end);
  const char *at = text;
  bool isNegative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+'))
    ++at;
  uint64_t value = 0;
  bool isInteger = at < end;
  for (; at < end && isInteger; ++at) {
    auto digit = static_cast<unsigned>(*at - '0');
    isInteger = digit <= 9;
    value = 10 * value + digit;
  }
  if (isInteger) {
    out = static_cast<int64_t>(isNegative ? 0 - value : value);
    return true;
  }
  double real;
  if (!parseReal(text, end, real))
    return false;
  constexpr double limit = 9223372036854775808.0;
  out = real != real ? 0 : real >= limit ? INT64_MAX : real < -limit ? INT64_MIN : static_cast<int64_t>(real);
  return true;
}

} // namespace weft::rt
