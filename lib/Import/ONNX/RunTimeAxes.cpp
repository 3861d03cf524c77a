// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes of operators whose axes only the run decides.
#include "RunTimeAxes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace weft::importer {

Size ifEqual(NodeBuilder &n, Size a, Size b, Size x, Size y) {
  std::optional<int64_t> first = known(a), second = known(b);
  if (first && second)
    return *first == *second ? x : y;
  if (a == b || x == y)
    return x;
  Value isEqual =
      arith::CmpIOp::create(n.b, n.loc, arith::CmpIPredicate::eq, n.sizes.value(a), n.sizes.value(b));
  return arith::SelectOp::create(n.b, n.loc, isEqual, n.sizes.value(x), n.sizes.value(y)).getResult();
}

Size valueOfAxis(NodeBuilder &n, ArrayRef<Size> axes, ArrayRef<Size> values, int64_t axis, int64_t rank, Size orElse) {
  Size result = orElse;
  for (auto [candidate, value] : llvm::zip_equal(axes, values))
    result = ifEqual(n, n.sizes.wrap(candidate, n.sizes.of(rank)), n.sizes.of(axis), value, result);
  return result;
}

Size isAmong(NodeBuilder &n, ArrayRef<Size> axes, int64_t axis, int64_t rank) {
  SmallVector<Size> ones(axes.size(), n.sizes.of(1));
  return valueOfAxis(n, axes, ones, axis, rank, n.sizes.of(0));
}

/// list[index], where index is a value of the run.
static Size element(NodeBuilder &n, ArrayRef<Size> list, Size index) {
  Size result = list.empty() ? n.sizes.of(1) : list.back();
  for (size_t i = 0; i + 1 < list.size(); ++i)
    result = ifEqual(n, index, n.sizes.of(static_cast<int64_t>(i)), list[i], result);
  return result;
}

Value squeezeAtRunTime(NodeBuilder &n, Value x, ArrayRef<Size> axes) {
  int64_t rank = n.rank(x), left = rank - static_cast<int64_t>(axes.size());
  if (left < 0)
    return n.failValue("expected at most " + llvm::Twine(rank) + " axes, but got " + llvm::Twine(axes.size()));
  // Result dim j is the input dim with j dims before it that stay.
  SmallVector<Size> shape(left, n.sizes.of(1));
  Size before = n.sizes.of(0);
  for (int64_t axis = 0; axis < rank; ++axis) {
    Size gone = isAmong(n, axes, axis, rank);
    for (int64_t j = 0; j < left; ++j) {
      Size isHere = ifEqual(n, before, n.sizes.of(j), n.dim(x, axis), shape[j]);
      shape[j] = ifEqual(n, gone, n.sizes.of(1), shape[j], isHere);
    }
    before = n.sizes.add(before, n.sizes.sub(n.sizes.of(1), gone));
  }
  return n.reshape(x, shape);
}

Value unsqueezeAtRunTime(NodeBuilder &n, Value x, ArrayRef<Size> axes) {
  SmallVector<Size> from = n.dims(x), shape;
  int64_t rank = n.rank(x) + static_cast<int64_t>(axes.size());
  Size next = n.sizes.of(0);
  for (int64_t axis = 0; axis < rank; ++axis) {
    Size isNew = isAmong(n, axes, axis, rank);
    shape.push_back(ifEqual(n, isNew, n.sizes.of(1), n.sizes.of(1), element(n, from, next)));
    next = n.sizes.add(next, n.sizes.sub(n.sizes.of(1), isNew));
  }
  return n.reshape(x, shape);
}

} // namespace weft::importer
