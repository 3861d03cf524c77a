// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sequential loops on tensors, for algorithms that no structured op can say.
#ifndef WEFT_LIB_CONVERSION_WEFTTOLINALG_LOOPS_H
#define WEFT_LIB_CONVERSION_WEFTTOLINALG_LOOPS_H

#include "Support.h"

namespace weft::conversion {

/// Body of a loop nest: gets the loop indices and the carried values, returns the carried values of the next
/// iteration.
using LoopBodyFn = function_ref<SmallVector<Value>(OpBuilder &, Location, ValueRange, ValueRange)>;

/// A nest of scf.for from 0 to each size, outermost first, with carried values; without sizes the body once.
SmallVector<Value> createSequentialLoops(OpBuilder &b, Location loc, ArrayRef<OpFoldResult> sizes,
                                         ValueRange initial, LoopBodyFn body);

/// A copy of a tensor into memory of its own, for loops that update it in place.
Value createCopy(OpBuilder &b, Location loc, Value tensor, ArrayRef<OpFoldResult> sizes);

/// An index operand of a weft integer type as an index value: negative ones wrap once, then all are clamped
/// into the dim.
Value emitWrappedIndex(OpBuilder &b, Location loc, Value value, Type weftElement, Value size);

/// The integer element as an index, by the signedness of its weft type.
Value emitAsIndex(OpBuilder &b, Location loc, Value value, Type weftElement);

/// scf.if with one branch per value list of equal types.
SmallVector<Value> createIf(OpBuilder &b, Location loc, Value condition,
                            function_ref<SmallVector<Value>(OpBuilder &, Location)> then,
                            function_ref<SmallVector<Value>(OpBuilder &, Location)> otherwise);

} // namespace weft::conversion

#endif // WEFT_LIB_CONVERSION_WEFTTOLINALG_LOOPS_H
