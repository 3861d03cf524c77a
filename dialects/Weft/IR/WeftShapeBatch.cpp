// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How shape ops take a batch of samples where their lists of sizes must change, or their results are sizes.
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"

using namespace mlir;
using namespace mlir::weft;

/// Ends the rule of an op with one tensor `x` and a list of result sizes, of which entry `place.axis` takes
/// the batch.
template <typename OpTy>
static LogicalResult batchSizes(OpTy op, Batching &batching, const BatchPlace &place, ArrayRef<int64_t> sizes,
                                MutableOperandRange dynamic, void (OpTy::*setSizes)(ArrayRef<int64_t>)) {
  SmallVector<int64_t> newSizes(sizes);
  SmallVector<Value> newDynamic = llvm::to_vector(OperandRange(dynamic));
  if (failed(multiplyEntry(op, batching, newSizes, newDynamic, place.axis, place.inner)))
    return failure();
  dynamic.assign(newDynamic);
  (op.*setSizes)(newSizes);
  batching.setPlace(op.getResult(), place);
  return retype(op, batching);
}

//===----------------------------------------------------------------------===//
// reshape
//===----------------------------------------------------------------------===//

static DimExpr productBefore(RankedTensorType type, int64_t end) {
  DimExpr size = DimExpr::constant(1);
  for (int64_t axis = 0; axis < end; ++axis)
    size = size * getDim(type, axis);
  return size;
}

/// The dim of type `to` that takes a batch with `before` elements in front of it: the dims before it must
/// hold as many. One of size 1 takes the batch alone, else the first one takes it.
static std::optional<int64_t> findReshapedDim(RankedTensorType to, const DimExpr &before) {
  std::optional<int64_t> target;
  for (int64_t axis = 0; axis < to.getRank(); ++axis) {
    if (!DimExpr::provablyEqual(productBefore(to, axis), before))
      continue;
    if (to.getDimSize(axis) == 1)
      return axis;
    if (!target)
      target = axis;
  }
  return target;
}

LogicalResult ReshapeOp::batch(Batching &batching) {
  BatchPlace place = *batching.getPlace(getX());
  std::optional<int64_t> target = findReshapedDim(getType(), productBefore(getX().getType(), place.axis));
  if (!target)
    return emitOpError("cannot be batched: it mixes dim ")
           << place.axis << " of its operand with dims before it";
  return batchSizes(*this, batching, {*target, getDim(getType(), *target)}, getStaticShape(),
                    getShapeMutable(), &ReshapeOp::setStaticShape);
}

//===----------------------------------------------------------------------===//
// broadcast, slice
//===----------------------------------------------------------------------===//

LogicalResult BroadcastOp::batch(Batching &batching) {
  BatchPlace place = *batching.getPlace(getX());
  if (place.inner.getConstant() != 1)
    return batchByDimMap(*this, batching);
  if (getStaticShape()[place.axis] != 1)
    return emitOpError("cannot be batched: it repeats the sample along dim ") << place.axis;
  return batchSizes(*this, batching, place, getStaticShape(), getShapeMutable(),
                    &BroadcastOp::setStaticShape);
}

LogicalResult SliceOp::batch(Batching &batching) {
  BatchPlace place = *batching.getPlace(getX());
  bool isWhole = getStaticOffsets()[place.axis] == 0 && getStrides()[place.axis] == 1 &&
                 DimExpr::provablyEqual(getDim(getType(), place.axis), place.inner);
  if (!isWhole)
    return emitOpError("cannot be batched: it takes a part of dim ")
           << place.axis << ", which holds the samples";
  return batchSizes(*this, batching, place, getStaticSizes(), getSizesMutable(), &SliceOp::setStaticSizes);
}

//===----------------------------------------------------------------------===//
// dim, extract
//===----------------------------------------------------------------------===//

/// The size of a dim is one index value for all samples, and that of the batch where it is its dim.
LogicalResult DimOp::batch(Batching &) { return success(); }

LogicalResult ExtractOp::batch(Batching &) {
  return emitOpError("cannot be batched: the shape would depend on the sample");
}
