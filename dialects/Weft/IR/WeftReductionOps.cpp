// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reduction ops: result types, dimension maps, folds.
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "llvm/ADT/SmallSet.h"

using namespace mlir;
using namespace mlir::weft;

//===----------------------------------------------------------------------===//
// Shared checks and maps
//===----------------------------------------------------------------------===//

/// Constraint `label`: each axis in [0, rank), no two equal, in ascending order.
static LogicalResult checkAxes(std::optional<Location> loc, StringRef op, int label, ArrayRef<int64_t> axes,
                               int64_t rank) {
  for (auto [i, axis] : llvm::enumerate(axes)) {
    if (axis < 0 || axis >= rank)
      return inferError(loc, op, label, "expected axes in [0, ", rank, "), but got ", axis);
    if (i > 0 && axes[i - 1] >= axis)
      return inferError(loc, op, label, "expected ascending axes, but got ", axis, " behind ", axes[i - 1]);
  }
  return success();
}

/// The type of x with the dims of `axes` set to 1.
static RankedTensorType collapseAxes(RankedTensorType x, ArrayRef<int64_t> axes, Type element) {
  SmallVector<DimExpr> dims = getDims(x);
  for (int64_t axis : axes)
    dims[axis] = DimExpr::constant(1);
  return makeTensorType(dims, element);
}

/// A map of one operand and results of its rank: the axes are of `kind`, the others parallel. `keepsAxes[i]`
/// says whether the axes of result i are those of the operand (else they have size 1).
static DimMap makeAxesMap(int64_t rank, ArrayRef<int64_t> axes, FactorKind kind, ArrayRef<bool> keepsAxes) {
  DimMap map;
  map.kinds.assign(rank, FactorKind::Parallel);
  SmallVector<int64_t> all = llvm::to_vector(llvm::seq<int64_t>(rank)), without = all;
  for (int64_t axis : axes) {
    map.kinds[axis] = kind;
    without[axis] = kNoFactor;
  }
  map.operands.push_back(all);
  for (bool keeps : keepsAxes)
    map.results.push_back(keeps ? all : without);
  return map;
}

static int64_t rankOf(Value value) { return tensorType(value).getRank(); }

//===----------------------------------------------------------------------===//
// reduce
//===----------------------------------------------------------------------===//

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  if (failed(checkAxes(loc, "reduce", 1, adaptor.getAxes(), x.getRank())))
    return failure();
  types.push_back(collapseAxes(x, adaptor.getAxes(), x.getElementType()));
  return success();
}

LogicalResult ReduceOp::verify() {
  Type element = getX().getType().getElementType();
  bool isExtreme = getKind() == ReduceKind::max || getKind() == ReduceKind::min;
  if (element.isInteger(1) && !isExtreme)
    return emitOpError("expected max or min of boolean elements, but got ")
           << stringifyReduceKind(getKind()) << " [reduce-C2]";
  return success();
}

FailureOr<DimMap> ReduceOp::getDimMap() {
  return makeAxesMap(rankOf(getX()), getAxes(), FactorKind::Reduce, /*keepsAxes=*/{false});
}

OpFoldResult ReduceOp::fold(FoldAdaptor) {
  // Nothing is combined over no axes, or over axes of size 1.
  bool isIdentity =
      llvm::all_of(getAxes(), [&](int64_t axis) { return getX().getType().getDimSize(axis) == 1; });
  return isIdentity && getX().getType() == getType() ? OpFoldResult(getX()) : OpFoldResult();
}

//===----------------------------------------------------------------------===//
// arg_reduce, softmax, cumulate
//===----------------------------------------------------------------------===//

LogicalResult ArgReduceOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  int64_t axis = adaptor.getAxis();
  if (failed(checkAxes(loc, "arg_reduce", 1, axis, x.getRank())))
    return failure();
  types.push_back(collapseAxes(x, axis, IntegerType::get(context, 64)));
  return success();
}

LogicalResult ArgReduceOp::verify() {
  auto type = cast<RankedTensorType>(getX().getType());
  // A wrong axis is reported by the inference, which runs behind this.
  if (getAxis() < static_cast<uint64_t>(type.getRank()) && type.getDimSize(getAxis()) == 0)
    return emitOpError("expected a dim ")
           << getAxis() << " of at least one element, but got 0 [arg_reduce-C2]";
  return success();
}

FailureOr<DimMap> ArgReduceOp::getDimMap() {
  int64_t axis = getAxis();
  return makeAxesMap(rankOf(getX()), axis, FactorKind::Whole, /*keepsAxes=*/{false});
}

/// Constraint `label`: the elements are floats.
static LogicalResult checkFloat(std::optional<Location> loc, StringRef op, int label, Type element) {
  if (isa<IntegerType, ComplexType>(element))
    return inferError(loc, op, label, "expected float elements, but got ", element);
  return success();
}

LogicalResult SoftmaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  int64_t axis = adaptor.getAxis();
  if (failed(checkAxes(loc, "softmax", 1, axis, x.getRank())) ||
      failed(checkFloat(loc, "softmax", 2, x.getElementType())))
    return failure();
  types.push_back(x);
  return success();
}

LogicalResult SoftmaxOp::verify() { return success(); }

FailureOr<DimMap> SoftmaxOp::getDimMap() {
  int64_t axis = getAxis();
  return makeAxesMap(rankOf(getX()), axis, FactorKind::Whole, /*keepsAxes=*/{true});
}

LogicalResult CumulateOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  int64_t axis = adaptor.getAxis();
  if (failed(checkAxes(loc, "cumulate", 1, axis, x.getRank())))
    return failure();
  types.push_back(x);
  return success();
}

LogicalResult CumulateOp::verify() {
  if (getX().getType().getElementType().isInteger(1))
    return emitOpError("expected numbers, but got boolean elements [cumulate-C2]");
  return success();
}

FailureOr<DimMap> CumulateOp::getDimMap() {
  int64_t axis = getAxis();
  return makeAxesMap(rankOf(getX()), axis, FactorKind::Whole, /*keepsAxes=*/{true});
}

//===----------------------------------------------------------------------===//
// normalize
//===----------------------------------------------------------------------===//

LogicalResult NormalizeOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  if (failed(checkAxes(loc, "normalize", 1, adaptor.getAxes(), x.getRank())) ||
      failed(checkFloat(loc, "normalize", 2, x.getElementType())))
    return failure();
  // The statistics are rounded once, to the type in which they accumulate.
  Type statistic = getAccumulatorType(x.getElementType());
  types.push_back(x);
  types.append(2, collapseAxes(x, adaptor.getAxes(), statistic));
  return success();
}

LogicalResult NormalizeOp::verify() {
  double epsilon = getEpsilon().convertToDouble();
  if (!(epsilon >= 0))
    return emitOpError("expected an epsilon of at least 0, but got ") << epsilon << " [normalize-C3]";
  return success();
}

FailureOr<DimMap> NormalizeOp::getDimMap() {
  return makeAxesMap(rankOf(getX()), getAxes(), FactorKind::Whole, /*keepsAxes=*/{true, false, false});
}

//===----------------------------------------------------------------------===//
// pool, arg_pool
//===----------------------------------------------------------------------===//

/// C1: axes; C2: one entry per axis in each list; C3: positive kernel, strides, dilations, and pads of at
/// least 0; C4: at least one window fits.
template <typename AdaptorTy>
static FailureOr<SmallVector<DimExpr>> inferWindowDims(std::optional<Location> loc, StringRef op,
                                                       AdaptorTy adaptor) {
  RankedTensorType x = tensorType(adaptor.getX());
  ArrayRef<int64_t> axes = adaptor.getAxes();
  if (failed(checkAxes(loc, op, 1, axes, x.getRank())))
    return failure();
  std::pair<StringRef, ArrayRef<int64_t>> lists[] = {{"kernel", adaptor.getKernel()},
                                                     {"strides", adaptor.getStrides()},
                                                     {"dilations", adaptor.getDilations()},
                                                     {"pads_lo", adaptor.getPadsLo()},
                                                     {"pads_hi", adaptor.getPadsHi()}};
  for (auto [name, list] : lists) {
    if (list.size() != axes.size())
      return inferError(loc, op, 2, "expected ", axes.size(), " entries in ", name, ", but got ",
                        list.size());
    int64_t least = name.starts_with("pads") ? 0 : 1;
    for (int64_t value : list)
      if (value < least)
        return inferError(loc, op, 3, "expected ", name, " of at least ", least, ", but got ", value);
  }
  SmallVector<DimExpr> dims = getDims(x);
  for (auto [i, axis] : llvm::enumerate(axes)) {
    dims[axis] = windowDim(dims[axis], DimExpr::constant(adaptor.getKernel()[i]), adaptor.getStrides()[i],
                           adaptor.getDilations()[i], adaptor.getPadsLo()[i] + adaptor.getPadsHi()[i]);
    if (std::optional<int64_t> size = dims[axis].getConstant(); size && *size < 0)
      return inferError(loc, op, 4, "expected dim ", axis, " (", getDim(x, axis).str(),
                        ") with its pads to hold a window, but it does not");
  }
  return dims;
}

LogicalResult PoolOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  FailureOr<SmallVector<DimExpr>> dims = inferWindowDims(loc, "pool", adaptor);
  if (failed(dims))
    return failure();
  types.push_back(makeTensorType(*dims, tensorType(adaptor.getX()).getElementType()));
  return success();
}

LogicalResult PoolOp::verify() { return success(); }

FailureOr<DimMap> PoolOp::getDimMap() {
  return makeAxesMap(rankOf(getX()), getAxes(), FactorKind::Window, /*keepsAxes=*/{true});
}

LogicalResult ArgPoolOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  FailureOr<SmallVector<DimExpr>> dims = inferWindowDims(loc, "arg_pool", adaptor);
  if (failed(dims))
    return failure();
  types.push_back(makeTensorType(*dims, tensorType(adaptor.getX()).getElementType()));
  types.push_back(makeTensorType(*dims, IntegerType::get(context, 64)));
  return success();
}

LogicalResult ArgPoolOp::verify() { return success(); }

FailureOr<DimMap> ArgPoolOp::getDimMap() {
  // The indices are flat over the whole operand, so that no dim can be split off.
  DimMap map = makeAxesMap(rankOf(getX()), getAxes(), FactorKind::Window, /*keepsAxes=*/{true, true});
  for (FactorKind &kind : map.kinds)
    if (kind == FactorKind::Parallel)
      kind = FactorKind::Whole;
  return map;
}
