// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compares values that should be equal up to rounding.
#ifndef WEFT_MEASURE_COMPARE_H
#define WEFT_MEASURE_COMPARE_H

#include "weft/Reference/Tensor.h"

#include <string>

namespace weft {

/// |actual - expected| <= absolute + relative * |expected| for every element, and <= ofLargest * max
/// |expected| counts as absolute too. Integers and texts must be equal.
///
/// Two roundings of nearly one number to a type differ by up to a unit in the last place: `relative`, and
/// `ofLargest` where it is not 0, are at least that of the element type (2^-10 for f16, 2^-7 for bf16).
struct Tolerance {
  double relative = 1e-3;
  double absolute = 1e-7;
  double ofLargest = 0;
  /// Else what is below the normal range of f32 (and of f64, for its type) counts as 0: code flushes it.
  bool keepsDenormals = false;
};

struct Comparison {
  bool isWithin = true;
  /// What differs when it is no matter of tolerance (shape, type), else the worst element: index and both
  /// values. Of texts: how many differ, and the first.
  std::string detail;
  double worstError = 0;    ///< largest |actual - expected|; 1 for texts that differ
  double worstRelative = 0; ///< largest |actual - expected| over the largest |expected|
  int64_t numOutside = 0;   ///< elements over tolerance
};

/// NaN equals NaN; an infinity equals itself only.
Comparison compareTensors(const reference::Tensor &actual, const reference::Tensor &expected,
                          const Tolerance &tolerance);

/// The same for sequences and optionals: of their tensors the worst counts.
Comparison compareValues(const reference::Value &actual, const reference::Value &expected,
                         const Tolerance &tolerance);

/// Keeps the worse of two comparisons, and of those that are within their tolerance the larger error.
void keepWorse(Comparison &worst, const Comparison &next);

} // namespace weft

#endif // WEFT_MEASURE_COMPARE_H
