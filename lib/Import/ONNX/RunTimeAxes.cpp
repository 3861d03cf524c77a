// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes of operators whose axes only the run decides.
#include "RunTimeAxes.h"

#include "Control.h"

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

Size valueOfAxis(NodeBuilder &n, ArrayRef<Size> axes, ArrayRef<Size> values, int64_t axis, int64_t rank,
                 Size orElse) {
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
    return n.failValue("expected at most " + llvm::Twine(rank) + " axes, but got " +
                       llvm::Twine(axes.size()));
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

/// cond ? yes() : no(), where each makes one value; null after a report.
static Value branch(NodeBuilder &n, Size cond, function_ref<Value()> yes, function_ref<Value()> no) {
  if (std::optional<int64_t> number = known(cond))
    return *number ? yes() : no();
  Value isTrue = n.cast(n.reshape(n.tensorOf(cond), ArrayRef<int64_t>()), n.b.getI1Type());
  Region regions[2];
  Value values[2];
  for (int i : {0, 1}) {
    OpBuilder::InsertionGuard guard(n.b);
    n.b.setInsertionPointToEnd(&regions[i].emplaceBlock());
    values[i] = i == 0 ? yes() : no();
    if (!values[i])
      return {};
    w::YieldOp::create(n.b, n.loc, values[i]);
  }
  Type type = joinTypes(values[0].getType(), values[1].getType());
  if (!type)
    return n.failValue("expected one rank whatever the axis");
  auto op = w::IfOp::create(n.b, n.loc, type, isTrue);
  op.getThenRegion().takeBody(regions[0]);
  op.getElseRegion().takeBody(regions[1]);
  return op.getResult(0);
}

static Value alongAxisFrom(NodeBuilder &n, Value x, Size axis, int64_t first,
                           function_ref<Value(Value, int64_t)> build) {
  if (first + 1 >= n.rank(x))
    return build(x, first);
  Size isFirst = ifEqual(n, axis, n.sizes.of(first), n.sizes.of(1), n.sizes.of(0));
  return branch(
      n, isFirst, [&] { return build(x, first); },
      [&] { return alongAxisFrom(n, x, axis, first + 1, build); });
}

Value alongRunTimeAxis(NodeBuilder &n, Value x, Size axis, function_ref<Value(Value, int64_t)> build) {
  if (n.rank(x) == 0)
    return n.failValue("expected a tensor with an axis, but got a scalar");
  return alongAxisFrom(n, x, n.sizes.wrap(axis, n.sizes.of(n.rank(x))), 0, build);
}

Value overRunTimeAxes(NodeBuilder &n, Value x, ArrayRef<Size> axes,
                      function_ref<Value(Value, int64_t)> build) {
  for (int64_t axis = 0, rank = n.rank(x); axis < rank && x; ++axis) {
    Value before = x;
    x = branch(n, isAmong(n, axes, axis, rank), [&] { return build(before, axis); }, [&] { return before; });
  }
  return x;
}

} // namespace weft::importer
