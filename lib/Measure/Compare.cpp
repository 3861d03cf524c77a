// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compares values that should be equal up to rounding.
#include "weft/Measure/Compare.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace weft;
using reference::Tensor;

static std::string describeShape(const Tensor &tensor) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << tensor.getElementType() << "[";
  llvm::interleave(tensor.getShape(), os, "x");
  os << "]";
  return text;
}

/// Coordinates of element `i` in row-major order.
static std::string describeIndex(const Tensor &tensor, int64_t i) {
  std::vector<int64_t> coordinates(tensor.getRank());
  for (int64_t axis = tensor.getRank(); axis-- > 0; i /= tensor.getDim(axis))
    coordinates[axis] = i % tensor.getDim(axis);
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "[";
  llvm::interleaveComma(coordinates, os);
  os << "]";
  return text;
}

/// One unit in the last place of a number in [1, 2); 0 for what is not float.
static double getUnit(mlir::Type type) {
  auto floating = mlir::dyn_cast<mlir::FloatType>(type);
  return floating ? std::ldexp(1.0, 1 - static_cast<int>(floating.getFPMantissaWidth())) : 0;
}

/// What is at byte `from` of a text and a little around it, for messages: quoted, control characters escaped,
/// and all that is not ASCII unless the text is UTF-8.
static std::string quote(llvm::StringRef text, size_t from) {
  constexpr size_t kBefore = 20, kLength = 60;
  auto isInside = [&](size_t at) { return at < text.size() && (text[at] & 0xC0) == 0x80; };
  size_t begin = from > kBefore ? from - kBefore : 0, end = std::min(begin + kLength, text.size());
  while (begin > 0 && isInside(begin))
    --begin;
  while (isInside(end))
    ++end;
  llvm::StringRef part = text.slice(begin, end);
  std::string quoted = begin > 0 ? "...\"" : "\"";
  bool isUtf8 = llvm::json::isUTF8(part);
  for (char c : part)
    if (isUtf8 && static_cast<unsigned char>(c) >= 0x80)
      quoted += c;
    else
      llvm::raw_string_ostream(quoted).write_escaped(llvm::StringRef(&c, 1));
  return quoted + (end < text.size() ? "\"..." : "\"");
}

/// Texts are equal or not.
static Comparison compareTexts(const Tensor &actual, const Tensor &expected) {
  Comparison comparison;
  for (int64_t i = 0; i < expected.size(); ++i) {
    llvm::StringRef want = expected.getString(i), got = actual.getString(i);
    if (want == got)
      continue;
    if (comparison.numOutside++ == 0) {
      size_t at = 0;
      while (at < std::min(want.size(), got.size()) && want[at] == got[at])
        ++at;
      comparison.detail = "first element " + describeIndex(expected, i) + ": expected " + quote(want, at) +
                          ", but got " + quote(got, at);
    }
  }
  if (comparison.numOutside == 0)
    return comparison;
  comparison.isWithin = false;
  comparison.worstError = comparison.worstRelative = 1;
  comparison.detail = std::to_string(comparison.numOutside) + " of " + std::to_string(expected.size()) +
                      " texts differ, " + comparison.detail;
  return comparison;
}

Comparison weft::compareTensors(const Tensor &actual, const Tensor &expected, const Tolerance &tolerance) {
  Comparison comparison;
  if (actual.getShape() != expected.getShape() || actual.getElementType() != expected.getElementType()) {
    comparison.isWithin = false;
    comparison.detail = "expected " + describeShape(expected) + ", but got " + describeShape(actual);
    return comparison;
  }
  if (expected.isString())
    return compareTexts(actual, expected);
  if (expected.isComplex()) {
    comparison.isWithin = false;
    comparison.detail = "values of this element type cannot be compared";
    return comparison;
  }
  double largest = 0;
  for (int64_t i = 0; i < expected.size(); ++i)
    if (double value = std::fabs(expected.isFloat() ? expected.getFloat(i) : double(expected.getInt(i)));
        std::isfinite(value))
      largest = std::max(largest, value);
  double unit = getUnit(expected.getElementType());
  double relative = std::max(tolerance.relative, unit);
  double ofLargest = tolerance.ofLargest > 0 ? std::max(tolerance.ofLargest, unit) : 0;
  double floor = std::max(tolerance.absolute, ofLargest * largest), worstExcess = 0;
  double least = tolerance.keepsDenormals            ? 0
                 : expected.getElementType().isF64() ? std::numeric_limits<double>::min()
                                                     : std::numeric_limits<float>::min();
  auto flush = [&](double x) { return std::fabs(x) < least ? 0.0 : x; };
  for (int64_t i = 0; i < expected.size(); ++i) {
    double error = 0, allowed = 0, want = 0, got = 0;
    if (expected.isFloat()) {
      want = flush(expected.getFloat(i));
      got = flush(actual.getFloat(i));
      if (want == got || (std::isnan(want) && std::isnan(got)))
        continue;
      error = std::fabs(got - want);
      allowed = floor + relative * std::fabs(want);
      if (!std::isfinite(error) || !std::isfinite(want))
        error = INFINITY, allowed = 0;
    } else {
      if (expected.getInt(i) == actual.getInt(i))
        continue;
      want = double(expected.getInt(i));
      got = double(actual.getInt(i));
      error = std::max(1.0, std::fabs(got - want));
    }
    comparison.worstError = std::max(comparison.worstError, error);
    if (error <= allowed)
      continue;
    ++comparison.numOutside;
    comparison.isWithin = false;
    if (double excess = error - allowed; comparison.detail.empty() || excess > worstExcess) {
      worstExcess = excess;
      llvm::raw_string_ostream os(comparison.detail = "");
      os << "element " << describeIndex(expected, i) << ": expected " << want << ", but got " << got;
    }
  }
  comparison.worstRelative = largest > 0 ? comparison.worstError / largest : comparison.worstError;
  return comparison;
}

void weft::keepWorse(Comparison &worst, const Comparison &next) {
  bool isWorse = (worst.isWithin && !next.isWithin) ||
                 (worst.isWithin == next.isWithin && next.worstRelative > worst.worstRelative);
  if (isWorse || worst.detail.empty())
    worst = next;
}

/// What a value is, for messages.
static std::string describeKind(const reference::Value &value) {
  if (value.isSequence())
    return "a sequence of " + std::to_string(value.getElements().size());
  if (value.isOptional())
    return value.hasValue() ? "an optional" : "an absent optional";
  return value.isTensor() ? "a tensor" : "nothing";
}

Comparison weft::compareValues(const reference::Value &actual, const reference::Value &expected,
                               const Tolerance &tolerance) {
  if (actual.isTensor() && expected.isTensor())
    return compareTensors(actual.getTensor(), expected.getTensor(), tolerance);
  // What is present is compared as itself.
  if (actual.hasValue())
    return compareValues(actual.getOptional(), expected, tolerance);
  if (expected.hasValue())
    return compareValues(actual, expected.getOptional(), tolerance);
  bool areAbsent = actual.isOptional() && expected.isOptional();
  bool areLike = actual.isSequence() && expected.isSequence() &&
                 actual.getElements().size() == expected.getElements().size();
  Comparison worst;
  if (!areAbsent && !areLike) {
    worst.isWithin = false;
    worst.detail = "expected " + describeKind(expected) + ", but got " + describeKind(actual);
    return worst;
  }
  for (size_t i = 0; areLike && i < expected.getElements().size(); ++i) {
    Comparison next = compareValues(actual.getElements()[i], expected.getElements()[i], tolerance);
    if (!next.detail.empty())
      next.detail = "item " + std::to_string(i) + ", " + next.detail;
    keepWorse(worst, next);
  }
  return worst;
}
