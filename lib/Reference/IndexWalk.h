// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks over index spaces, and element copies along strides.
#ifndef WEFT_LIB_REFERENCE_INDEXWALK_H
#define WEFT_LIB_REFERENCE_INDEXWALK_H

#include "weft/Reference/Tensor.h"

namespace weft::reference {

/// The multi-index of each place of a shape, in row-major order.
class IndexWalk {
public:
  explicit IndexWalk(llvm::ArrayRef<int64_t> shape) : shape(shape), index(shape.size(), 0) {}
  int64_t operator[](size_t axis) const { return index[axis]; }
  llvm::ArrayRef<int64_t> get() const { return index; }
  void next() {
    for (int64_t axis = static_cast<int64_t>(shape.size()) - 1; axis >= 0; --axis) {
      if (++index[axis] < shape[axis])
        return;
      index[axis] = 0;
    }
  }

private:
  Shape shape;
  Shape index;
};

/// Copies `count` elements from place `fromStart` of `from` to place `toStart` of `to`.
void copyElements(Tensor &to, int64_t toStart, const Tensor &from, int64_t fromStart, int64_t count);

/// The tensor of this shape whose element at an index is element start + sum of index * stride of x.
Tensor copyStrided(const Tensor &x, llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> strides,
                   int64_t start);

/// A tensor seen as [outer, size of the axis, inner].
struct AxisView {
  AxisView(llvm::ArrayRef<int64_t> shape, int64_t axis)
      : outer(countElements(shape.take_front(axis))), size(shape[axis]),
        inner(countElements(shape.drop_front(axis + 1))) {}
  int64_t at(int64_t o, int64_t k, int64_t i) const { return (o * size + k) * inner + i; }
  int64_t outer, size, inner;
};

} // namespace weft::reference

#endif // WEFT_LIB_REFERENCE_INDEXWALK_H
