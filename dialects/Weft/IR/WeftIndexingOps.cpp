// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Indexing ops: result types, dimension maps.
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"

using namespace mlir;
using namespace mlir::weft;

static int64_t rankOf(Value value) { return tensorType(value).getRank(); }

static LogicalResult checkAxis(std::optional<Location> loc, StringRef op, int label, int64_t axis,
                               int64_t rank) {
  if (axis < 0 || axis >= rank)
    return inferError(loc, op, label, "expected an axis in [0, ", rank, "), but got ", axis);
  return success();
}

/// Constraint `label`: the first `batchDims` dims of x and indices agree.
static LogicalResult checkBatchDims(std::optional<Location> loc, StringRef op, int label, RankedTensorType x,
                                    RankedTensorType indices, int64_t batchDims, int64_t most) {
  if (batchDims < 0 || batchDims > most)
    return inferError(loc, op, label, "expected batch_dims in [0, ", most, "], but got ", batchDims);
  for (int64_t i = 0; i < batchDims; ++i)
    if (certainlyDiffer(getDim(x, i), getDim(indices, i)))
      return inferError(loc, op, label, "expected batch dim ", i, " of indices to be ", getDim(x, i).str(),
                        ", but got ", getDim(indices, i).str());
  return success();
}

/// Adds a factor and returns its number.
static int64_t addFactor(DimMap &map, FactorKind kind) {
  map.kinds.push_back(kind);
  return map.kinds.size() - 1;
}

//===----------------------------------------------------------------------===//
// gather
//===----------------------------------------------------------------------===//

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX()), indices = tensorType(adaptor.getIndices());
  int64_t axis = adaptor.getAxis(), batchDims = adaptor.getBatchDims();
  if (failed(checkAxis(loc, "gather", 1, axis, x.getRank())) ||
      failed(checkBatchDims(loc, "gather", 2, x, indices, batchDims, std::min(axis, indices.getRank()))))
    return failure();
  SmallVector<DimExpr> dims;
  for (int64_t i = 0; i < axis; ++i)
    dims.push_back(i < batchDims ? joinDims(getDim(x, i), getDim(indices, i)) : getDim(x, i));
  for (int64_t i = batchDims; i < indices.getRank(); ++i)
    dims.push_back(getDim(indices, i));
  for (int64_t i = axis + 1; i < x.getRank(); ++i)
    dims.push_back(getDim(x, i));
  types.push_back(makeTensorType(dims, x.getElementType()));
  return success();
}

LogicalResult GatherOp::verify() { return success(); }

FailureOr<DimMap> GatherOp::getDimMap() {
  int64_t axis = getAxis(), batchDims = getBatchDims();
  DimMap map;
  SmallVector<int64_t> x, indices, result;
  for (int64_t i = 0; i < axis; ++i) {
    int64_t factor = addFactor(map, FactorKind::Parallel);
    x.push_back(factor);
    result.push_back(factor);
    if (i < batchDims)
      indices.push_back(factor);
  }
  // Any index may read any place of the axis.
  x.push_back(addFactor(map, FactorKind::Whole));
  for (int64_t i = batchDims; i < rankOf(getIndices()); ++i) {
    indices.push_back(addFactor(map, FactorKind::Parallel));
    result.push_back(indices.back());
  }
  for (int64_t i = axis + 1; i < rankOf(getX()); ++i) {
    x.push_back(addFactor(map, FactorKind::Parallel));
    result.push_back(x.back());
  }
  map.operands = {x, indices};
  map.results = {result};
  return map;
}

//===----------------------------------------------------------------------===//
// gather_elements, scatter_elements
//===----------------------------------------------------------------------===//

/// C1: axis; C2: indices of the rank of x, and no greater than x off the axis.
static LogicalResult checkElementIndices(std::optional<Location> loc, StringRef op, RankedTensorType x,
                                         RankedTensorType indices, int64_t axis) {
  if (failed(checkAxis(loc, op, 1, axis, x.getRank())))
    return failure();
  if (indices.getRank() != x.getRank())
    return inferError(loc, op, 2, "expected indices of rank ", x.getRank(), ", but got rank ",
                      indices.getRank());
  for (int64_t i = 0; i < x.getRank(); ++i) {
    std::optional<int64_t> excess = (getDim(indices, i) - getDim(x, i)).getConstant();
    if (i != axis && excess && *excess > 0)
      return inferError(loc, op, 2, "expected dim ", i, " of indices to be at most ", getDim(x, i).str(),
                        ", but got ", getDim(indices, i).str());
  }
  return success();
}

LogicalResult GatherElementsOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                 SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX()), indices = tensorType(adaptor.getIndices());
  if (failed(checkElementIndices(loc, "gather_elements", x, indices, adaptor.getAxis())))
    return failure();
  types.push_back(makeTensorType(getDims(indices), x.getElementType()));
  return success();
}

LogicalResult GatherElementsOp::verify() { return success(); }

FailureOr<DimMap> GatherElementsOp::getDimMap() {
  RankedTensorType x = tensorType(getX()), indices = tensorType(getIndices());
  DimMap map;
  SmallVector<int64_t> xFactors, factors;
  for (int64_t i = 0; i < x.getRank(); ++i) {
    factors.push_back(addFactor(map, FactorKind::Parallel));
    bool isCarried =
        i != static_cast<int64_t>(getAxis()) && DimExpr::provablyEqual(getDim(x, i), getDim(indices, i));
    xFactors.push_back(isCarried ? factors.back() : addFactor(map, FactorKind::Whole));
  }
  map.operands = {xFactors, factors};
  map.results = {factors};
  return map;
}

/// The element type of updates, and booleans which can only be set. Shared label C4.
template <typename OpTy> static LogicalResult verifyScatterElements(OpTy op, StringRef name) {
  Type element = cast<RankedTensorType>(op.getX().getType()).getElementType();
  Type update = cast<RankedTensorType>(op.getUpdates().getType()).getElementType();
  if (update != element)
    return op.emitOpError("expected updates of ")
           << element << " elements, but got " << update << " [" << name << "-C4]";
  if (op.getMode() != ScatterMode::set && (element.isInteger(1) || isa<StringType>(element)))
    return op.emitOpError("expected mode set for ")
           << element << " elements, but got " << stringifyScatterMode(op.getMode()) << " [" << name
           << "-C4]";
  return success();
}

LogicalResult ScatterElementsOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                  SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX()), indices = tensorType(adaptor.getIndices());
  RankedTensorType updates = tensorType(adaptor.getUpdates());
  if (failed(checkElementIndices(loc, "scatter_elements", x, indices, adaptor.getAxis())))
    return failure();
  if (updates.getRank() != indices.getRank())
    return inferError(loc, "scatter_elements", 3, "expected updates of rank ", indices.getRank(),
                      ", but got rank ", updates.getRank());
  for (int64_t i = 0; i < updates.getRank(); ++i)
    if (certainlyDiffer(getDim(updates, i), getDim(indices, i)))
      return inferError(loc, "scatter_elements", 3, "expected dim ", i, " of updates to be ",
                        getDim(indices, i).str(), ", but got ", getDim(updates, i).str());
  types.push_back(x);
  return success();
}

LogicalResult ScatterElementsOp::verify() { return verifyScatterElements(*this, "scatter_elements"); }

FailureOr<DimMap> ScatterElementsOp::getDimMap() {
  RankedTensorType x = tensorType(getX()), indices = tensorType(getIndices());
  DimMap map;
  SmallVector<int64_t> xFactors, factors;
  for (int64_t i = 0; i < x.getRank(); ++i) {
    bool isCarried =
        i != static_cast<int64_t>(getAxis()) && DimExpr::provablyEqual(getDim(x, i), getDim(indices, i));
    xFactors.push_back(addFactor(map, isCarried ? FactorKind::Parallel : FactorKind::Whole));
    factors.push_back(isCarried ? xFactors.back() : addFactor(map, FactorKind::Reduce));
  }
  map.operands = {xFactors, factors, factors};
  map.results = {xFactors};
  return map;
}

//===----------------------------------------------------------------------===//
// gather_nd, scatter_nd
//===----------------------------------------------------------------------===//

/// The number of coordinates: the last dim of indices, static and at most `most`. Constraint `label`.
static FailureOr<int64_t> getCoordinates(std::optional<Location> loc, StringRef op, int label,
                                         RankedTensorType indices, int64_t most) {
  if (indices.getRank() < 1 || indices.isDynamicDim(indices.getRank() - 1))
    return inferError(loc, op, label, "expected indices with a static last dim, but got ", indices);
  int64_t count = indices.getShape().back();
  if (count > most)
    return inferError(loc, op, label, "expected at most ", most,
                      " coordinates in the last dim of indices, but got ", count);
  return count;
}

LogicalResult GatherNdOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX()), indices = tensorType(adaptor.getIndices());
  int64_t batchDims = adaptor.getBatchDims();
  int64_t most = std::min(x.getRank(), indices.getRank() - 1);
  if (failed(checkBatchDims(loc, "gather_nd", 1, x, indices, batchDims, std::max<int64_t>(most, 0))))
    return failure();
  FailureOr<int64_t> count = getCoordinates(loc, "gather_nd", 2, indices, x.getRank() - batchDims);
  if (failed(count))
    return failure();
  SmallVector<DimExpr> dims;
  for (int64_t i = 0; i < indices.getRank() - 1; ++i)
    dims.push_back(i < batchDims ? joinDims(getDim(x, i), getDim(indices, i)) : getDim(indices, i));
  for (int64_t i = batchDims + *count; i < x.getRank(); ++i)
    dims.push_back(getDim(x, i));
  types.push_back(makeTensorType(dims, x.getElementType()));
  return success();
}

LogicalResult GatherNdOp::verify() { return success(); }

FailureOr<DimMap> GatherNdOp::getDimMap() {
  int64_t batchDims = getBatchDims(), count = tensorType(getIndices()).getShape().back();
  DimMap map;
  SmallVector<int64_t> x, indices, result;
  for (int64_t i = 0; i < rankOf(getIndices()) - 1; ++i) {
    indices.push_back(addFactor(map, FactorKind::Parallel));
    result.push_back(indices.back());
    if (i < batchDims)
      x.push_back(indices.back());
  }
  indices.push_back(addFactor(map, FactorKind::Whole));
  for (int64_t i = 0; i < count; ++i)
    x.push_back(addFactor(map, FactorKind::Whole));
  for (int64_t i = batchDims + count; i < rankOf(getX()); ++i) {
    x.push_back(addFactor(map, FactorKind::Parallel));
    result.push_back(x.back());
  }
  map.operands = {x, indices};
  map.results = {result};
  return map;
}

LogicalResult ScatterNdOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX()), indices = tensorType(adaptor.getIndices());
  RankedTensorType updates = tensorType(adaptor.getUpdates());
  FailureOr<int64_t> count = getCoordinates(loc, "scatter_nd", 1, indices, x.getRank());
  if (failed(count))
    return failure();
  SmallVector<DimExpr> wanted = getDims(indices);
  wanted.pop_back();
  for (int64_t i = *count; i < x.getRank(); ++i)
    wanted.push_back(getDim(x, i));
  if (updates.getRank() != static_cast<int64_t>(wanted.size()))
    return inferError(loc, "scatter_nd", 2, "expected updates of rank ", wanted.size(), ", but got rank ",
                      updates.getRank());
  for (auto [i, dim] : llvm::enumerate(wanted))
    if (certainlyDiffer(getDim(updates, i), dim))
      return inferError(loc, "scatter_nd", 3, "expected dim ", i, " of updates to be ", dim.str(),
                        ", but got ", getDim(updates, i).str());
  types.push_back(x);
  return success();
}

LogicalResult ScatterNdOp::verify() { return verifyScatterElements(*this, "scatter_nd"); }

FailureOr<DimMap> ScatterNdOp::getDimMap() {
  int64_t count = tensorType(getIndices()).getShape().back();
  DimMap map;
  SmallVector<int64_t> x, indices, updates;
  for (int64_t i = 0; i < rankOf(getIndices()) - 1; ++i) {
    indices.push_back(addFactor(map, FactorKind::Reduce));
    updates.push_back(indices.back());
  }
  indices.push_back(addFactor(map, FactorKind::Whole));
  for (int64_t i = 0; i < count; ++i)
    x.push_back(addFactor(map, FactorKind::Whole));
  for (int64_t i = count; i < rankOf(getX()); ++i) {
    x.push_back(addFactor(map, FactorKind::Parallel));
    updates.push_back(x.back());
  }
  map.operands = {x, indices, updates};
  map.results = {x};
  return map;
}
