// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Element copies along strides.
#include "lib/Reference/IndexWalk.h"

#include <cstring>

using namespace mlir;

namespace weft::reference {

void copyElements(Tensor &to, int64_t toStart, const Tensor &from, int64_t fromStart, int64_t count) {
  if (to.isString()) {
    for (int64_t i = 0; i < count; ++i)
      to.copyElement(toStart + i, from, fromStart + i);
    return;
  }
  int64_t each = to.elementBytes();
  if (count > 0) // no memory may lie behind an empty tensor
    std::memcpy(to.mutableBytes() + toStart * each, from.bytes() + fromStart * each, count * each);
}

template <typename Word>
static void copyWords(Tensor &to, const Tensor &from, ArrayRef<int64_t> shape, ArrayRef<int64_t> strides,
                      int64_t start) {
  const Word *source = reinterpret_cast<const Word *>(from.bytes()) + start;
  Word *target = reinterpret_cast<Word *>(to.mutableBytes());
  int64_t inner = shape.back(), stride = strides.back();
  IndexWalk rows(shape.drop_back());
  for (int64_t row = 0; row < to.size() / inner; ++row, rows.next()) {
    int64_t position = 0;
    for (size_t axis = 0; axis + 1 < shape.size(); ++axis)
      position += rows[axis] * strides[axis];
    for (int64_t i = 0; i < inner; ++i)
      *target++ = source[position + i * stride];
  }
}

Tensor copyStrided(const Tensor &x, ArrayRef<int64_t> shape, ArrayRef<int64_t> strides, int64_t start) {
  Tensor result(x.getElementType(), shape);
  if (result.size() == 0)
    return result;
  if (!shape.empty())
    switch (x.elementBytes()) {
    case 1:
      copyWords<uint8_t>(result, x, shape, strides, start);
      return result;
    case 2:
      copyWords<uint16_t>(result, x, shape, strides, start);
      return result;
    case 4:
      copyWords<uint32_t>(result, x, shape, strides, start);
      return result;
    case 8:
      copyWords<uint64_t>(result, x, shape, strides, start);
      return result;
    default:
      break;
    }
  IndexWalk walk(shape);
  for (int64_t i = 0; i < result.size(); ++i, walk.next()) {
    int64_t position = start;
    for (size_t axis = 0; axis < shape.size(); ++axis)
      position += walk[axis] * strides[axis];
    result.copyElement(i, x, position);
  }
  return result;
}

} // namespace weft::reference
