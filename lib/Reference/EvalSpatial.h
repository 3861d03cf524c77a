// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the evaluation of resize and grid_sample share.
#ifndef WEFT_LIB_REFERENCE_EVALSPATIAL_H
#define WEFT_LIB_REFERENCE_EVALSPATIAL_H

#include "weft/Reference/Eval.h"

namespace weft::reference {

/// The cubic convolution kernel with parameter `a` at distance x.
double cubicWeight(double x, double a);

void addResizeEvals(EvalTable &table);

} // namespace weft::reference

#endif // WEFT_LIB_REFERENCE_EVALSPATIAL_H
