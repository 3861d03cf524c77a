// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compares tensors that should be equal up to rounding.
#include "weft/Measure/Compare.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>

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

Comparison weft::compareTensors(const Tensor &actual, const Tensor &expected, const Tolerance &tolerance) {
  Comparison comparison;
  if (actual.getShape() != expected.getShape() || actual.getElementType() != expected.getElementType()) {
    comparison.isWithin = false;
    comparison.detail = "expected " + describeShape(expected) + ", but got " + describeShape(actual);
    return comparison;
  }
  if (expected.isString() || expected.isComplex()) {
    comparison.isWithin = false;
    comparison.detail = "values of this element type cannot be compared";
    return comparison;
  }
  double largest = 0;
  for (int64_t i = 0; i < expected.size(); ++i)
    if (double value = std::fabs(expected.isFloat() ? expected.getFloat(i) : double(expected.getInt(i)));
        std::isfinite(value))
      largest = std::max(largest, value);
  double floor = std::max(tolerance.absolute, tolerance.ofLargest * largest);
  double worstExcess = 0;
  for (int64_t i = 0; i < expected.size(); ++i) {
    double error = 0, allowed = 0, want = 0, got = 0;
    if (expected.isFloat()) {
      want = expected.getFloat(i);
      got = actual.getFloat(i);
      if (want == got || (std::isnan(want) && std::isnan(got)))
        continue;
      error = std::fabs(got - want);
      allowed = floor + tolerance.relative * std::fabs(want);
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
