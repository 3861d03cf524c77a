// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates indexing ops. Negative indices count from the end, once; others out of range are errors.
#include "lib/Reference/IndexWalk.h"
#include "weft/Reference/Eval.h"

#include <cmath>

using namespace mlir;
using namespace mlir::weft;

namespace weft::reference {
namespace {

/// Index `i` of `indices` into a dim of `size`.
FailureOr<int64_t> checkedIndex(Evaluation &e, const Tensor &indices, int64_t i, int64_t size) {
  int64_t index = indices.getInt(i);
  if (index < -size || index >= size)
    return e.error() << "expected an index in [" << -size << ", " << size << "), but got " << index;
  return index < 0 ? index + size : index;
}

LogicalResult evalGather(GatherOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0), &indices = e.tensor(1);
  int64_t axis = op.getAxis(), batchDims = op.getBatchDims();
  ArrayRef<int64_t> xShape = x.getShape(), indexShape = indices.getShape();
  Shape shape(xShape.take_front(axis));
  shape.append(indexShape.begin() + batchDims, indexShape.end());
  shape.append(xShape.begin() + axis + 1, xShape.end());
  Tensor result(e.elementType(), shape);
  int64_t batch = countElements(xShape.take_front(batchDims));
  int64_t outer = countElements(xShape.slice(batchDims, axis - batchDims));
  int64_t size = xShape[axis], inner = countElements(xShape.drop_front(axis + 1));
  int64_t places = countElements(indexShape.drop_front(batchDims)), next = 0;
  for (int64_t b = 0; b < batch; ++b)
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t p = 0; p < places; ++p, next += inner) {
        FailureOr<int64_t> index = checkedIndex(e, indices, b * places + p, size);
        if (failed(index))
          return failure();
        copyElements(result, next, x, ((b * outer + o) * size + *index) * inner, inner);
      }
  e.add(std::move(result));
  return success();
}

/// The place in x that element `walk` of indices names.
FailureOr<int64_t> elementPosition(Evaluation &e, const Tensor &x, const Tensor &indices, int64_t i,
                                   const IndexWalk &walk, ArrayRef<int64_t> strides, int64_t axis) {
  FailureOr<int64_t> index = checkedIndex(e, indices, i, x.getDim(axis));
  if (failed(index))
    return failure();
  int64_t position = 0;
  for (int64_t d = 0; d < x.getRank(); ++d) {
    int64_t place = d == axis ? *index : walk[d];
    if (place >= x.getDim(d))
      return e.error() << "expected dim " << d << " of indices to be at most " << x.getDim(d)
                       << ", but got index " << place;
    position += place * strides[d];
  }
  return position;
}

LogicalResult evalGatherElements(GatherElementsOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0), &indices = e.tensor(1);
  Tensor result(e.elementType(), indices.getShape());
  Shape strides = rowMajorStrides(x.getShape());
  IndexWalk walk(indices.getShape());
  for (int64_t i = 0; i < indices.size(); ++i, walk.next()) {
    FailureOr<int64_t> position = elementPosition(e, x, indices, i, walk, strides, op.getAxis());
    if (failed(position))
      return failure();
    result.copyElement(i, x, *position);
  }
  e.add(std::move(result));
  return success();
}

/// Element `to` of `result` meets an update.
void combine(Tensor &result, int64_t to, const Tensor &updates, int64_t from, ScatterMode mode) {
  if (mode == ScatterMode::set)
    return result.copyElement(to, updates, from);
  if (result.isInteger()) {
    int64_t a = result.getInt(to), b = updates.getInt(from);
    bool isLess = result.isUnsigned() ? static_cast<uint64_t>(a) < static_cast<uint64_t>(b) : a < b;
    switch (mode) {
    case ScatterMode::add:
      return result.setInt(to, static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b)));
    case ScatterMode::mul:
      return result.setInt(to, static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b)));
    case ScatterMode::min:
      return result.setInt(to, isLess ? a : b);
    default:
      return result.setInt(to, isLess ? b : a);
    }
  }
  double a = result.getFloat(to), b = updates.getFloat(from);
  bool hasNan = std::isnan(a) || std::isnan(b);
  double nan = std::numeric_limits<double>::quiet_NaN();
  switch (mode) {
  case ScatterMode::add:
    return result.setFloat(to, a + b);
  case ScatterMode::mul:
    return result.setFloat(to, a * b);
  case ScatterMode::min:
    return result.setFloat(to, hasNan ? nan : std::min(a, b));
  default:
    return result.setFloat(to, hasNan ? nan : std::max(a, b));
  }
}

Tensor copyOf(const Tensor &x) {
  Tensor result(x.getElementType(), x.getShape());
  copyElements(result, 0, x, 0, x.size());
  return result;
}

LogicalResult evalScatterElements(ScatterElementsOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0), &indices = e.tensor(1), &updates = e.tensor(2);
  if (updates.getShape() != indices.getShape())
    return e.error() << "expected updates of the shape of indices, but they differ";
  Tensor result = copyOf(x);
  Shape strides = rowMajorStrides(x.getShape());
  IndexWalk walk(indices.getShape());
  for (int64_t i = 0; i < indices.size(); ++i, walk.next()) {
    FailureOr<int64_t> position = elementPosition(e, x, indices, i, walk, strides, op.getAxis());
    if (failed(position))
      return failure();
    combine(result, *position, updates, i, op.getMode());
  }
  e.add(std::move(result));
  return success();
}

/// The place where the slice of coordinate `place` starts.
FailureOr<int64_t> slicePosition(Evaluation &e, const Tensor &x, const Tensor &indices, int64_t place,
                                 int64_t firstDim) {
  int64_t count = indices.getShape().back(), position = 0;
  Shape strides = rowMajorStrides(x.getShape());
  for (int64_t k = 0; k < count; ++k) {
    FailureOr<int64_t> index = checkedIndex(e, indices, place * count + k, x.getDim(firstDim + k));
    if (failed(index))
      return failure();
    position += *index * strides[firstDim + k];
  }
  return position;
}

LogicalResult evalGatherNd(GatherNdOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0), &indices = e.tensor(1);
  int64_t batchDims = op.getBatchDims(), count = indices.getShape().back();
  ArrayRef<int64_t> xShape = x.getShape();
  Shape shape(indices.getShape().drop_back());
  shape.append(xShape.begin() + batchDims + count, xShape.end());
  Tensor result(e.elementType(), shape);
  int64_t inner = countElements(xShape.drop_front(batchDims + count));
  int64_t batchStride = countElements(xShape.drop_front(batchDims));
  int64_t places = countElements(indices.getShape().drop_back());
  int64_t perBatch = countElements(indices.getShape().drop_back().drop_front(batchDims));
  for (int64_t p = 0; p < places; ++p) {
    FailureOr<int64_t> position = slicePosition(e, x, indices, p, batchDims);
    if (failed(position))
      return failure();
    copyElements(result, p * inner, x, p / perBatch * batchStride + *position, inner);
  }
  e.add(std::move(result));
  return success();
}

LogicalResult evalScatterNd(ScatterNdOp op, Evaluation &e) {
  const Tensor &x = e.tensor(0), &indices = e.tensor(1), &updates = e.tensor(2);
  int64_t count = indices.getShape().back();
  int64_t inner = countElements(x.getShape().drop_front(count));
  int64_t places = countElements(indices.getShape().drop_back());
  if (updates.size() != places * inner)
    return e.error() << "expected " << places * inner << " updates, but got " << updates.size();
  Tensor result = copyOf(x);
  for (int64_t p = 0; p < places; ++p) {
    FailureOr<int64_t> position = slicePosition(e, x, indices, p, 0);
    if (failed(position))
      return failure();
    for (int64_t i = 0; i < inner; ++i)
      combine(result, *position + i, updates, p * inner + i, op.getMode());
  }
  e.add(std::move(result));
  return success();
}

} // namespace

void addIndexingEvals(EvalTable &table) {
  table.add<GatherOp, evalGather>();
  table.add<GatherElementsOp, evalGatherElements>();
  table.add<GatherNdOp, evalGatherNd>();
  table.add<ScatterElementsOp, evalScatterElements>();
  table.add<ScatterNdOp, evalScatterNd>();
}

} // namespace weft::reference
