// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the lowerings of matrix products and convolutions share.
#ifndef WEFT_LIB_CONVERSION_WEFTTOLINALG_CONTRACTION_H
#define WEFT_LIB_CONVERSION_WEFTTOLINALG_CONTRACTION_H

#include "Support.h"

namespace weft::conversion {

/// accumulator + (x - xZeroPoint) * (y - yZeroPoint) in the accumulator's type; zero points may be null.
Value emitMultiplyAdd(OpBuilder &b, Location loc, Value accumulator, Value x, Type xElement, Value y,
                      Type yElement, Value xZeroPoint = {}, Type xZeroElement = {}, Value yZeroPoint = {},
                      Type yZeroElement = {});

/// The storage type in which a contraction with this result element accumulates.
Type getContractionType(Type resultElement);

/// Accumulators rounded to the result's element type.
Value finishContraction(OpBuilder &b, Location loc, Value accumulators, RankedTensorType resultType,
                        ArrayRef<OpFoldResult> sizes);

} // namespace weft::conversion

#endif // WEFT_LIB_CONVERSION_WEFTTOLINALG_CONTRACTION_H
