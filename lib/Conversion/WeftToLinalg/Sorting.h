// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stable merge sort of positions, as loops on tensors.
#ifndef WEFT_LIB_CONVERSION_WEFTTOLINALG_SORTING_H
#define WEFT_LIB_CONVERSION_WEFTTOLINALG_SORTING_H

#include "Support.h"

namespace weft::conversion {

/// Whether the element at the first position comes strictly before the one at the second.
using IsBeforeFn = function_ref<Value(OpBuilder &, Location, Value, Value)>;

/// The two buffers of positions (i64) that a sort works in; they are carried through loops, so that memory is
/// taken once.
struct SortBuffers {
  Value order, scratch;
};
SortBuffers createSortBuffers(OpBuilder &b, Location loc, OpFoldResult size);

/// Fills `order` with 0 .. size - 1 sorted stably; both buffers are updated in place and returned.
/// Cost: about size * log2(size) comparisons.
SortBuffers createSort(OpBuilder &b, Location loc, Value size, SortBuffers buffers, IsBeforeFn isBefore);

/// Position number `rank` of a sorted order, as an index.
Value readOrder(OpBuilder &b, Location loc, Value order, Value rank);

} // namespace weft::conversion

#endif // WEFT_LIB_CONVERSION_WEFTTOLINALG_SORTING_H
