// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Type inference, verifiers and dimension maps of top_k, sort, unique, nonzero and nms.
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"

using namespace mlir;
using namespace mlir::weft;

static Type i64Of(RankedTensorType type) { return IntegerType::get(type.getContext(), 64); }

static LogicalResult checkAxis(std::optional<Location> loc, StringRef op, RankedTensorType x, int64_t axis) {
  if (axis >= 0 && axis < x.getRank())
    return success();
  return inferError(loc, op, 1, "expected an axis in [0, ", x.getRank(), "), but got ", axis);
}

/// Every dim of x is a parallel factor but `axis`, which is whole; each result has them all.
static DimMap alongAxis(int64_t rank, int64_t axis, size_t operands, size_t results) {
  DimMap map;
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < rank; ++dim) {
    map.kinds.push_back(dim == axis ? FactorKind::Whole : FactorKind::Parallel);
    dims.push_back(dim);
  }
  map.operands.push_back(dims);
  map.operands.resize(operands);
  map.results.assign(results, dims);
  return map;
}

// Constraints: top_k-C1, top_k-C2, top_k-C3.
LogicalResult TopKOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  int64_t axis = adaptor.getAxis(), k = adaptor.getStaticK();
  if (failed(checkAxis(loc, "top_k", x, axis)))
    return failure();
  bool dynamic = ShapedType::isDynamic(k);
  if (dynamic != static_cast<bool>(adaptor.getK()) || (!dynamic && k < 0))
    return inferError(loc, "top_k", 2, "expected either a static_k of at least 0 or an operand k");
  SmallVector<DimExpr> dims = getDims(x);
  std::optional<int64_t> size = dims[axis].getConstant();
  if (!dynamic && size && k > *size)
    return inferError(loc, "top_k", 3, "expected k of at most ", *size, ", but got ", k);
  dims[axis] = dynamic ? getIndexExpr(adaptor.getK()) : DimExpr::constant(k);
  types.push_back(makeTensorType(dims, x.getElementType()));
  types.push_back(makeTensorType(dims, i64Of(x)));
  return success();
}

LogicalResult TopKOp::verify() { return success(); }

FailureOr<DimMap> TopKOp::getDimMap() {
  DimMap map = alongAxis(getX().getType().getRank(), getAxis(), getNumOperands(), 2);
  for (SmallVector<int64_t> &result : map.results)
    result[getAxis()] = kNoFactor;
  return map;
}

// Constraints: sort-C1.
LogicalResult SortOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  if (failed(checkAxis(loc, "sort", x, adaptor.getAxis())))
    return failure();
  types.push_back(makeTensorType(getDims(x), x.getElementType()));
  types.push_back(makeTensorType(getDims(x), i64Of(x)));
  return success();
}

LogicalResult SortOp::verify() { return success(); }

FailureOr<DimMap> SortOp::getDimMap() { return alongAxis(getX().getType().getRank(), getAxis(), 1, 2); }

// Constraints: unique-C1.
LogicalResult UniqueOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  SmallVector<DimExpr> dims = getDims(x);
  DimExpr length = DimExpr::constant(1), unknown;
  if (std::optional<uint64_t> axis = adaptor.getAxis()) {
    if (failed(checkAxis(loc, "unique", x, static_cast<int64_t>(*axis))))
      return failure();
    length = dims[*axis];
    dims[*axis] = unknown;
  } else {
    for (const DimExpr &dim : dims)
      length = length * dim;
    dims = {unknown};
  }
  types.push_back(makeTensorType(dims, x.getElementType()));
  types.push_back(makeTensorType({unknown}, i64Of(x)));
  types.push_back(makeTensorType({length}, i64Of(x)));
  types.push_back(makeTensorType({unknown}, i64Of(x)));
  return success();
}

LogicalResult UniqueOp::verify() { return success(); }

FailureOr<DimMap> UniqueOp::getDimMap() { return failure(); }

LogicalResult NonzeroOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  types.push_back(makeTensorType({DimExpr::constant(x.getRank()), DimExpr()}, i64Of(x)));
  return success();
}

LogicalResult NonzeroOp::verify() { return success(); }

FailureOr<DimMap> NonzeroOp::getDimMap() { return failure(); }

// Constraints: nms-C1, nms-C2, nms-C3.
LogicalResult NmsOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  RankedTensorType boxes = tensorType(adaptor.getBoxes()), scores = tensorType(adaptor.getScores());
  if (boxes.getRank() != 3 || scores.getRank() != 3 ||
      certainlyDiffer(getDim(boxes, 2), DimExpr::constant(4)))
    return inferError(loc, "nms", 1, "expected boxes [B N 4] and scores [B C N], but got ", boxes, " and ",
                      scores);
  if (certainlyDiffer(getDim(boxes, 0), getDim(scores, 0)) ||
      certainlyDiffer(getDim(boxes, 1), getDim(scores, 2)))
    return inferError(loc, "nms", 2, "expected boxes and scores of equal batch and number of boxes, but got ",
                      boxes, " and ", scores);
  types.push_back(makeTensorType({DimExpr(), DimExpr::constant(3)}, i64Of(boxes)));
  return success();
}

LogicalResult NmsOp::verify() {
  for (auto [value, name] : {std::pair<Value, StringRef>(getIou(), "iou"), {getScore(), "score"}})
    if (value && !mayBeOneElement(tensorType(value)))
      return emitOpError("expected ")
             << name << " of one element, but got " << value.getType() << " [nms-C3]";
  return success();
}

FailureOr<DimMap> NmsOp::getDimMap() { return failure(); }
