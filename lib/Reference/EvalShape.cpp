// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates shape ops: constants, views, movement, sizes.
#include "lib/Reference/IndexWalk.h"
#include "weft/Reference/Eval.h"

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {
namespace {

LogicalResult evalConstant(ConstantOp op, Evaluation &e) {
  FailureOr<Tensor> value = Tensor::fromAttribute(op.getValue());
  if (failed(value))
    return e.error() << "expected a constant with its elements, but they are not there";
  e.add(std::move(*value));
  return success();
}

/// Sizes of a mixed list, none negative.
FailureOr<Shape> checkedSizes(Evaluation &e, Shape sizes) {
  for (int64_t size : sizes)
    if (size < 0)
      return e.error() << "expected sizes of at least 0, but got " << size;
  return sizes;
}

LogicalResult evalIota(IotaOp op, Evaluation &e) {
  FailureOr<Shape> shape = checkedSizes(e, e.mixed(op.getStaticShape(), op.getShape()));
  if (failed(shape))
    return failure();
  Tensor result(op.getTo(), *shape);
  int64_t axis = op.getAxis(), stride = rowMajorStrides(*shape)[axis], size = (*shape)[axis];
  for (int64_t i = 0; i < result.size(); ++i) {
    int64_t index = i / stride % size;
    if (result.isFloat())
      result.setFloat(i, static_cast<double>(index));
    else
      result.setInt(i, index);
  }
  e.add(std::move(result));
  return success();
}

LogicalResult evalBroadcast(BroadcastOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  FailureOr<Shape> shape = checkedSizes(e, e.mixed(op.getStaticShape(), op.getShape()));
  if (failed(shape))
    return failure();
  Shape strides = rowMajorStrides(x.getShape());
  for (int64_t axis = 0; axis < x.getRank(); ++axis) {
    if (x.getDim(axis) != 1 && x.getDim(axis) != (*shape)[axis])
      return e.error() << "expected dim " << axis << " of the operand to be 1 or " << (*shape)[axis]
                       << ", but got " << x.getDim(axis);
    if (x.getDim(axis) == 1)
      strides[axis] = 0;
  }
  e.add(copyStrided(x, *shape, strides, 0));
  return success();
}

LogicalResult evalReshape(ReshapeOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  FailureOr<Shape> shape = checkedSizes(e, e.mixed(op.getStaticShape(), op.getShape()));
  if (failed(shape))
    return failure();
  if (countElements(*shape) != x.size())
    return e.error() << "expected a shape of " << x.size() << " elements, but got " << countElements(*shape);
  e.add(x.reshaped(*shape));
  return success();
}

LogicalResult evalTranspose(TransposeOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  Shape from = rowMajorStrides(x.getShape()), shape, strides;
  for (int64_t axis : op.getPerm()) {
    shape.push_back(x.getDim(axis));
    strides.push_back(from[axis]);
  }
  e.add(copyStrided(x, shape, strides, 0));
  return success();
}

LogicalResult evalConcat(ConcatOp op, Evaluation &e) {
  int64_t axis = op.getAxis();
  Shape shape(e.tensor(0).getShape());
  for (unsigned i = 1; i < e.operands.size(); ++i) {
    for (int64_t d = 0; d < e.tensor(i).getRank(); ++d)
      if (d != axis && e.tensor(i).getDim(d) != shape[d])
        return e.error() << "expected dim " << d << " of operand " << i << " to be " << shape[d]
                         << ", but got " << e.tensor(i).getDim(d);
    shape[axis] += e.tensor(i).getDim(axis);
  }
  Tensor result(e.elementType(), shape);
  int64_t inner = rowMajorStrides(shape)[axis], outer = countElements(ArrayRef(shape).take_front(axis));
  int64_t row = shape[axis] * inner, start = 0;
  for (unsigned i = 0; i < e.operands.size(); ++i) {
    const Tensor &x = e.tensor(i);
    int64_t length = x.getDim(axis) * inner;
    for (int64_t o = 0; o < outer; ++o)
      copyElements(result, o * row + start, x, o * length, length);
    start += length;
  }
  e.add(std::move(result));
  return success();
}

LogicalResult evalSlice(SliceOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  Shape offsets = e.mixed(op.getStaticOffsets(), op.getOffsets());
  FailureOr<Shape> sizes = checkedSizes(e, e.mixed(op.getStaticSizes(), op.getSizes()));
  if (failed(sizes))
    return failure();
  Shape strides = rowMajorStrides(x.getShape());
  int64_t start = 0;
  for (int64_t axis = 0; axis < x.getRank(); ++axis) {
    int64_t step = op.getStrides()[axis], last = offsets[axis] + ((*sizes)[axis] - 1) * step;
    if ((*sizes)[axis] > 0 && (offsets[axis] < 0 || last >= x.getDim(axis)))
      return e.error() << "expected a slice inside of dim " << axis << " (" << x.getDim(axis)
                       << "), but it reads " << offsets[axis] << " to " << last;
    start += offsets[axis] * strides[axis];
    strides[axis] *= step;
  }
  e.add(copyStrided(x, *sizes, strides, start));
  return success();
}

LogicalResult evalReverse(ReverseOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  Shape strides = rowMajorStrides(x.getShape());
  int64_t start = 0;
  for (int64_t axis : op.getAxes()) {
    start += (x.getDim(axis) - 1) * strides[axis];
    strides[axis] = -strides[axis];
  }
  e.add(copyStrided(x, x.getShape(), strides, start));
  return success();
}

/// The operand index that a padded index reads, or -1 for the pad value.
int64_t paddedIndex(int64_t index, int64_t size, PadMode mode) {
  if (index >= 0 && index < size)
    return index;
  switch (mode) {
  case PadMode::constant:
    return -1;
  case PadMode::edge:
    return index < 0 ? 0 : size - 1;
  case PadMode::wrap:
    return (index % size + size) % size;
  case PadMode::reflect: {
    if (size == 1)
      return 0;
    int64_t period = 2 * (size - 1), rest = (index % period + period) % period;
    return rest < size ? rest : period - rest;
  }
  }
  llvm_unreachable("internal: unknown pad mode");
}

LogicalResult evalPad(PadOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0);
  int64_t rank = x.getRank();
  Shape lo = e.mixed(op.getStaticLo(), op.getLo()), hi = e.mixed(op.getStaticHi(), op.getHi());
  Shape shape(x.getShape()), strides = rowMajorStrides(x.getShape());
  // For each dim, where each result index reads.
  SmallVector<std::vector<int64_t>> sources(rank);
  for (int64_t axis = 0; axis < rank; ++axis) {
    if (lo[axis] < 0 || hi[axis] < 0)
      return e.error() << "expected pads of at least 0, but got " << lo[axis] << " and " << hi[axis];
    shape[axis] += lo[axis] + hi[axis];
    if (op.getMode() != PadMode::constant && x.getDim(axis) == 0 && shape[axis] > 0)
      return e.error() << "expected dim " << axis << " to hold an element to pad with, but its size is 0";
    for (int64_t i = 0; i < shape[axis]; ++i)
      sources[axis].push_back(paddedIndex(i - lo[axis], x.getDim(axis), op.getMode()));
  }
  Tensor result(e.elementType(), shape);
  const Tensor *value = e.optional(op.getValueMutable());
  IndexWalk walk(shape);
  for (int64_t i = 0; i < result.size(); ++i, walk.next()) {
    int64_t position = 0;
    bool isPad = false;
    for (int64_t axis = 0; axis < rank; ++axis) {
      int64_t source = sources[axis][walk[axis]];
      isPad |= source < 0;
      position += source * strides[axis];
    }
    if (isPad)
      result.copyElement(i, *value, 0);
    else
      result.copyElement(i, x, position);
  }
  e.add(std::move(result));
  return success();
}

LogicalResult evalDim(DimOp op, Evaluation &e) {
  e.results.push_back(Value::index(op.getContext(), e.tensor(0).getDim(op.getAxis())));
  return success();
}

LogicalResult evalExtract(ExtractOp op, Evaluation &e) {
  e.results.push_back(Value::index(op.getContext(), e.tensor(0).getInt(op.getI())));
  return success();
}

LogicalResult evalFromElements(FromElementsOp op, Evaluation &e) {
  Tensor result(e.elementType(), {static_cast<int64_t>(e.operands.size())});
  for (auto [i, value] : llvm::enumerate(e.operands))
    result.setInt(i, value.getIndex());
  e.add(std::move(result));
  return success();
}

} // namespace

void addShapeEvals(EvalTable &table) {
  table.add<ConstantOp, evalConstant>();
  table.add<IotaOp, evalIota>();
  table.add<BroadcastOp, evalBroadcast>();
  table.add<ReshapeOp, evalReshape>();
  table.add<TransposeOp, evalTranspose>();
  table.add<ConcatOp, evalConcat>();
  table.add<SliceOp, evalSlice>();
  table.add<ReverseOp, evalReverse>();
  table.add<PadOp, evalPad>();
  table.add<DimOp, evalDim>();
  table.add<ExtractOp, evalExtract>();
  table.add<FromElementsOp, evalFromElements>();
}

} // namespace weft::reference
