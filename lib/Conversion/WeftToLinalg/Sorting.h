// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stable merge sort of positions, as loops on tensors.
#ifndef WEFT_LIB_CONVERSION_WEFTTOLINALG_SORTING_H
#define WEFT_LIB_CONVERSION_WEFTTOLINALG_SORTING_H

#include "Support.h"

namespace weft::conversion {

/// Reads of one tensor as comparable scalars.
struct KeyReader {
  Value tensor;
  Type element;

  /// Floats as f32 or f64.
  Value read(OpBuilder &b, Location loc, ValueRange place) const;
  /// Whether x comes before y, in descending order with `largest`.
  Value isBefore(OpBuilder &b, Location loc, Value x, Value y, bool largest) const;
};

/// Whether elements have an order.
bool isOrdered(Type element);

/// The indices of `position` along `axis` in the row that the other indices `row` name.
SmallVector<Value> getPlace(ValueRange row, int64_t axis, Value position);

/// Whether the element at the first position comes strictly before the one at the second.
using IsBeforeFn = function_ref<Value(OpBuilder &, Location, Value, Value)>;

/// Sorted positions: row `side` (an index) of `buffer`, [2, size] of i64; passes of the sort read one row and
/// write the other. One tensor holds both, because two of one shape would be merged by common subexpression
/// elimination.
struct SortedOrder {
  Value buffer, side;

  /// Position number `rank` of the order, as an index.
  Value read(OpBuilder &b, Location loc, Value rank) const;
};

/// Memory for createSort, to be made outside of loops and carried through them.
Value createSortBuffer(OpBuilder &b, Location loc, OpFoldResult size);

/// Positions 0 .. size - 1 sorted stably, in `buffer`, which is updated in place.
/// Cost: about size * log2(size) comparisons.
SortedOrder createSort(OpBuilder &b, Location loc, Value size, Value buffer, IsBeforeFn isBefore);

/// Makes the first `size` entries of `heap`, positions as i64, a heap: each comes before the two below it.
/// Cost: about 2 * size comparisons. Loops that carry memory must not be while loops: bufferisation copies
/// it.
Value createHeap(OpBuilder &b, Location loc, Value size, Value heap, IsBeforeFn isBefore);

/// Moves the entry at `start` of a heap down `levels` levels at most, until both entries below it come after
/// it.
Value createSiftDown(OpBuilder &b, Location loc, Value size, Value start, Value levels, Value heap,
                     IsBeforeFn isBefore);

/// Takes the first entry out of a heap of `size` entries if `takes`, which implies that there is one; returns
/// it, as an index, and the heap of the others. `capacity` is what `size` is at most.
/// Cost: about 2 * log2(capacity) comparisons.
std::pair<Value, Value> createHeapPop(OpBuilder &b, Location loc, Value takes, Value size, int64_t capacity,
                                      Value heap, IsBeforeFn isBefore);

} // namespace weft::conversion

#endif // WEFT_LIB_CONVERSION_WEFTTOLINALG_SORTING_H
