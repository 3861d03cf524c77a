// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Type inference, verifiers and dimension maps of resize, grid_sample and roi_pool.
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"

using namespace mlir;
using namespace mlir::weft;

// Constraints: resize-C1, resize-C2, resize-C3, resize-C4, resize-C5.
LogicalResult ResizeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  ArrayRef<int64_t> axes = adaptor.getAxes(), sizes = adaptor.getStaticSizes();
  SmallVector<bool> seen(x.getRank(), false);
  for (int64_t axis : axes) {
    if (axis < 0 || axis >= x.getRank() || seen[axis])
      return inferError(loc, "resize", 1, "expected distinct axes in [0, ", x.getRank(), "), but got ", axis);
    seen[axis] = true;
  }
  auto isDynamic = [](int64_t size) { return ShapedType::isDynamic(size); };
  size_t dynamic = llvm::count_if(sizes, isDynamic);
  if (sizes.size() != axes.size() || dynamic != adaptor.getSizes().size())
    return inferError(loc, "resize", 2, "expected one size per axis (", axes.size(), "), but got ",
                      sizes.size());
  SmallVector<DimExpr> dims = getDims(x), newSizes = getMixedDims(sizes, adaptor.getSizes());
  for (auto [axis, size] : llvm::zip(axes, newSizes))
    dims[axis] = size;
  types.push_back(makeTensorType(dims, x.getElementType()));
  return success();
}

LogicalResult ResizeOp::verify() {
  size_t count = getAxes().size();
  if (llvm::any_of(getStaticSizes(), [](int64_t size) { return size < 0 && !ShapedType::isDynamic(size); }))
    return emitOpError("expected sizes of at least 0 [resize-C2]");
  for (auto [axis, size] : llvm::zip(getAxes(), getStaticSizes()))
    if (axis >= 0 && axis < getX().getType().getRank() && getX().getType().getDimSize(axis) == 0 && size > 0)
      return emitOpError("expected dim ") << axis << " to have elements to interpolate [resize-C5]";
  if (std::optional<ArrayRef<double>> scales = getStaticScales()) {
    if (scales->size() != count || llvm::any_of(*scales, [](double scale) { return !(scale > 0); }))
      return emitOpError("expected one positive scale per axis (") << count << ") [resize-C3]";
    if (getScales())
      return emitOpError("expected either static_scales or an operand scales [resize-C3]");
  }
  auto hasLength = [](Value value, int64_t length) {
    return tensorType(value).getRank() == 1 &&
           !certainlyDiffer(getDim(tensorType(value), 0), DimExpr::constant(length));
  };
  if (getScales() && !hasLength(getScales(), count))
    return emitOpError("expected scales of one entry per axis (")
           << count << "), but got " << getScales().getType() << " [resize-C3]";
  bool crop = getCoord() == ResizeCoord::tf_crop_and_resize;
  if (crop != static_cast<bool>(getRoi()) || (getRoi() && !hasLength(getRoi(), 2 * count)))
    return emitOpError("expected a roi of two entries per axis exactly for tf_crop_and_resize [resize-C4]");
  return success();
}

FailureOr<DimMap> ResizeOp::getDimMap() {
  DimMap map;
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < getX().getType().getRank(); ++dim) {
    map.kinds.push_back(llvm::is_contained(getAxes(), dim) ? FactorKind::Window : FactorKind::Parallel);
    dims.push_back(dim);
  }
  map.operands.push_back(dims);
  map.operands.resize(1 + getSizes().size());
  for (Value vector : {Value(getScales()), Value(getRoi())})
    if (vector)
      map.operands.push_back({kNoFactor});
  map.results = {dims};
  return map;
}

// Constraints: grid_sample-C1, grid_sample-C2, grid_sample-C3, grid_sample-C4, grid_sample-C5.
LogicalResult GridSampleOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX()), grid = tensorType(adaptor.getGrid());
  int64_t rank = x.getRank(), spatialRank = rank - 2;
  if (rank < 4 || rank > 5 || grid.getRank() != rank)
    return inferError(loc, "grid_sample", 1, "expected x and grid of equal rank 4 or 5, but got ", x, " and ",
                      grid);
  if (certainlyDiffer(getDim(grid, rank - 1), DimExpr::constant(spatialRank)))
    return inferError(loc, "grid_sample", 2, "expected ", spatialRank, " coordinates per place, but got ",
                      getDim(grid, rank - 1).str());
  if (certainlyDiffer(getDim(x, 0), getDim(grid, 0)))
    return inferError(loc, "grid_sample", 3, "expected x dim 0 (", getDim(x, 0).str(),
                      ") to equal grid dim 0 (", getDim(grid, 0).str(), ")");
  bool channelsFirst = adaptor.getLayout() == Layout::nchw;
  SmallVector<DimExpr> dims(rank);
  dims[0] = joinDims(getDim(x, 0), getDim(grid, 0));
  dims[channelsFirst ? 1 : rank - 1] = getDim(x, channelsFirst ? 1 : rank - 1);
  for (int64_t i = 0; i < spatialRank; ++i)
    dims[(channelsFirst ? 2 : 1) + i] = getDim(grid, 1 + i);
  types.push_back(makeTensorType(dims, x.getElementType()));
  return success();
}

LogicalResult GridSampleOp::verify() {
  if (!isa<FloatType>(getGrid().getType().getElementType()))
    return emitOpError("expected a grid of a float type, but got ")
           << getGrid().getType() << " [grid_sample-C4]";
  if (getMode() == GridMode::cubic && getX().getType().getRank() != 4)
    return emitOpError("expected two spatial dims for cubic interpolation [grid_sample-C5]");
  return success();
}

FailureOr<DimMap> GridSampleOp::getDimMap() {
  // Factors: batch, channels, then the places.
  DimMap map;
  int64_t rank = getX().getType().getRank();
  bool channelsFirst = getLayout() == Layout::nchw;
  int64_t channel = channelsFirst ? 1 : rank - 1, spatial = channelsFirst ? 2 : 1;
  SmallVector<int64_t> x(rank, kNoFactor), grid(rank, kNoFactor), result(rank);
  x[0] = grid[0] = result[0] = 0;
  x[channel] = result[channel] = 1;
  for (int64_t i = 0; i < rank - 2; ++i)
    grid[1 + i] = result[spatial + i] = 2 + i;
  map.kinds.assign(rank, FactorKind::Parallel);
  map.operands = {x, grid};
  map.results = {result};
  return map;
}

// Constraints: roi_pool-C1, roi_pool-C2, roi_pool-C3, roi_pool-C4, roi_pool-C5.
LogicalResult RoiPoolOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX()), rois = tensorType(adaptor.getRois());
  ArrayRef<int64_t> out = adaptor.getOut();
  if (x.getRank() != 4 || rois.getRank() != 2)
    return inferError(loc, "roi_pool", 1, "expected x and rois of rank 4 and 2, but got ", x, " and ", rois);
  int64_t columns = adaptor.getBatch() ? 4 : 5;
  if (certainlyDiffer(getDim(rois, 1), DimExpr::constant(columns)))
    return inferError(loc, "roi_pool", 2, "expected rois of ", columns, " columns, but got ",
                      getDim(rois, 1).str());
  if (out.size() != 2 || out[0] < 1 || out[1] < 1)
    return inferError(loc, "roi_pool", 3, "expected two positive sizes in out, but got ", out.size());
  bool channelsFirst = adaptor.getLayout() == Layout::nchw;
  DimExpr boxes = getDim(rois, 0), height = DimExpr::constant(out[0]), width = DimExpr::constant(out[1]);
  SmallVector<DimExpr> dims = {boxes, getDim(x, 1), height, width};
  if (!channelsFirst)
    dims = {boxes, height, width, getDim(x, 3)};
  types.push_back(makeTensorType(dims, x.getElementType()));
  return success();
}

LogicalResult RoiPoolOp::verify() {
  if (getRois().getType().getRank() != 2)
    return success();
  if (Value batch = getBatch())
    if (tensorType(batch).getRank() != 1 ||
        certainlyDiffer(getDim(tensorType(batch), 0), getDim(getRois().getType(), 0)))
      return emitOpError("expected batch of one entry per box, but got ")
             << batch.getType() << " [roi_pool-C4]";
  if (static_cast<int64_t>(getSampling()) < 0)
    return emitOpError("expected sampling of at least 0, but got ")
           << static_cast<int64_t>(getSampling()) << " [roi_pool-C5]";
  return success();
}

FailureOr<DimMap> RoiPoolOp::getDimMap() {
  // Factors: boxes, channels.
  DimMap map;
  map.kinds = {FactorKind::Parallel, FactorKind::Parallel};
  SmallVector<int64_t> x(4, kNoFactor), result(4, kNoFactor);
  x[getLayout() == Layout::nchw ? 1 : 3] = result[getLayout() == Layout::nchw ? 1 : 3] = 1;
  result[0] = 0;
  map.operands = {x, {0, kNoFactor}};
  if (getBatch())
    map.operands.push_back({0});
  map.results = {result};
  return map;
}
