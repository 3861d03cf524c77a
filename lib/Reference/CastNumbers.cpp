// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Casts between numbers, booleans and strings.
#include "lib/Reference/CastNumbers.h"

#include "lib/Reference/FloatFormat.h"

#include <cmath>
#include <cstdlib>

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {

static int64_t saturateToSigned(double value, unsigned width) {
  if (std::isnan(value))
    return 0;
  double limit = std::ldexp(1.0, static_cast<int>(width) - 1);
  if (value >= limit)
    return static_cast<int64_t>((1ull << (width - 1)) - 1);
  if (value < -limit)
    return static_cast<int64_t>(~0ull << (width - 1));
  return static_cast<int64_t>(value);
}

int64_t castFloatToInt(double value, IntegerType type) {
  unsigned width = type.getWidth();
  if (width <= 16)
    return saturateToSigned(value, 32);
  if (!type.isUnsigned())
    return saturateToSigned(value, width <= 32 ? 32 : 64);
  if (width <= 32)
    return saturateToSigned(value, 64);
  if (value >= std::ldexp(1.0, 64))
    return -1;
  if (value >= std::ldexp(1.0, 63))
    return static_cast<int64_t>(static_cast<uint64_t>(value));
  return saturateToSigned(value, 64);
}

/// f8E8M0: a power of two without sign.
static uint8_t castToE8M0(double value, bool saturate, CastRound round) {
  constexpr uint8_t nan = 0xff, greatest = 0xfe;
  constexpr int bias = 127;
  value = std::fabs(value);
  if (std::isnan(value))
    return nan;
  if (std::isinf(value))
    return saturate ? greatest : nan;
  if (value == 0)
    return saturate ? 0 : nan;
  int exponent;
  double fraction = std::frexp(value, &exponent) * 2; // In [1, 2).
  int code = exponent - 1 + bias;
  if ((round == CastRound::up && fraction > 1) || (round == CastRound::nearest && fraction >= 1.5))
    ++code;
  if (code < 0)
    return saturate ? 0 : (round == CastRound::up || code == -1 ? 0 : nan);
  if (code > greatest)
    return saturate ? greatest : nan;
  return static_cast<uint8_t>(code);
}

uint8_t castToSmallFloat(double value, Type type, bool saturate, CastRound round) {
  if (isa<Float8E8M0FNUType>(type))
    return castToE8M0(value, saturate, round);
  auto floatType = cast<FloatType>(type);
  const llvm::fltSemantics &semantics = floatType.getFloatSemantics();
  bool isNarrow = floatType.getWidth() < 8;
  if (std::isnan(value)) {
    if (isNarrow)
      return static_cast<uint8_t>(1u << (floatType.getWidth() - 1));
    return encodeSmallFloat(type, value);
  }
  double greatest = llvm::APFloat::getLargest(semantics).convertToDouble();
  uint8_t code = encodeSmallFloat(type, value);
  double rounded = decodeSmallFloat(type, code);
  bool isOut = std::isinf(value) || !std::isfinite(rounded) ||
               (std::fabs(rounded) == greatest && std::fabs(value) > greatest);
  if (!isOut)
    return code;
  if (saturate || isNarrow)
    return encodeSmallFloat(type, std::copysign(greatest, value));
  if (isa<Float8E5M2Type>(type))
    return encodeSmallFloat(type, std::copysign(std::numeric_limits<double>::infinity(), value));
  // A value that rounds down to the greatest one is in range.
  if (std::isfinite(rounded) && !std::isinf(value))
    return code;
  return encodeSmallFloat(type, std::numeric_limits<double>::quiet_NaN());
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

/// A decimal number, or INF, +INF, -INF, NAN in any case.
static FailureOr<double> parseNumber(StringRef text) {
  std::string trimmed = text.trim().str();
  if (trimmed.empty())
    return failure();
  char *end = nullptr;
  double value = std::strtod(trimmed.c_str(), &end);
  if (end != trimmed.c_str() + trimmed.size())
    return failure();
  return value;
}

/// Shortest decimal that reads back equal, spelled as numpy spells it.
static std::string formatNumber(const Tensor &x, int64_t i) {
  double value = x.getFloat(i);
  if (std::isnan(value))
    return "NaN";
  if (std::isinf(value))
    return value < 0 ? "-INF" : "INF";
  constexpr int maxDigits = 17;
  constexpr double leastFixed = 1e-4, mostFixed = 1e16;
  char text[64];
  int digits = 1;
  for (; digits <= maxDigits; ++digits) {
    std::snprintf(text, sizeof(text), "%.*e", digits - 1, value);
    if (roundToType(std::strtod(text, nullptr), x.getElementType()) == value)
      break;
  }
  double magnitude = std::fabs(value);
  if (value != 0 && (magnitude < leastFixed || magnitude >= mostFixed))
    return text;
  int exponent = value == 0 ? 0 : std::atoi(StringRef(text).split('e').second.str().c_str());
  int decimals = std::max(digits - 1 - exponent, 1);
  std::snprintf(text, sizeof(text), "%.*f", decimals, value);
  return text;
}

/// A decimal integer of any length, modulo 2^64.
static std::optional<int64_t> parseInteger(StringRef text) {
  text = text.trim();
  bool isNegative = text.consume_front("-");
  if (!isNegative)
    text.consume_front("+");
  if (text.empty() || !llvm::all_of(text, llvm::isDigit))
    return std::nullopt;
  uint64_t value = 0;
  for (char c : text)
    value = 10 * value + static_cast<uint64_t>(c - '0');
  return static_cast<int64_t>(isNegative ? 0 - value : value);
}

static LogicalResult castFromString(const Tensor &x, Tensor &result) {
  auto i64 = IntegerType::get(result.getElementType().getContext(), 64);
  for (int64_t i = 0; i < x.size(); ++i) {
    StringRef text = x.getString(i);
    std::optional<int64_t> integer = parseInteger(text);
    if (result.isInteger() && !result.isBool() && integer) {
      result.setInt(i, *integer);
      continue;
    }
    FailureOr<double> number = parseNumber(text);
    if (failed(number))
      return failure();
    if (result.isBool())
      result.setInt(i, *number != 0);
    else if (result.isInteger())
      result.setInt(i, castFloatToInt(*number, i64));
    else
      result.setFloat(i, *number);
  }
  return success();
}

static std::string formatElement(const Tensor &x, int64_t i) {
  if (x.isBool())
    return x.getInt(i) ? "True" : "False";
  if (!x.isInteger())
    return formatNumber(x, i);
  return x.isUnsigned() ? std::to_string(static_cast<uint64_t>(x.getInt(i))) : std::to_string(x.getInt(i));
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

static void castElement(const Tensor &x, Tensor &result, int64_t i, bool saturate, CastRound round) {
  if (result.isComplex())
    return result.setComplex(i, x.getComplex(i));
  Type to = result.getElementType();
  if (result.isInteger()) {
    if (x.isInteger())
      return result.setInt(i, result.isBool() ? x.getInt(i) != 0 : x.getInt(i));
    double value = x.getFloat(i);
    return result.setInt(i, result.isBool() ? value != 0 : castFloatToInt(value, cast<IntegerType>(to)));
  }
  double value = x.getFloat(i);
  if (cast<FloatType>(to).getWidth() < 16) {
    result.mutableBytes()[i] = static_cast<char>(castToSmallFloat(value, to, saturate, round));
    return;
  }
  // i64 -> f32 is rounded once: a double holds not every i64.
  if (x.isInteger() && to.isF32())
    return result.setFloat(i, x.isUnsigned() ? static_cast<float>(static_cast<uint64_t>(x.getInt(i)))
                                             : static_cast<float>(x.getInt(i)));
  result.setFloat(i, value);
}

FailureOr<Tensor> castTensor(const Tensor &x, Type to, bool saturate, CastRound round) {
  if (x.getElementType() == to)
    return x;
  Tensor result(to, x.getShape());
  if (x.isString()) {
    if (failed(castFromString(x, result)))
      return failure();
    return result;
  }
  for (int64_t i = 0; i < x.size(); ++i) {
    if (result.isString())
      result.setString(i, formatElement(x, i));
    else
      castElement(x, result, i, saturate, round);
  }
  return result;
}

} // namespace weft::reference
