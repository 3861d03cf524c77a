// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape ops: result types and verifiers. Dimension maps are in WeftShapeMaps.cpp, folds in
// WeftShapeFolds.cpp.
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace mlir::weft;

/// Constraint `label`: the mixed list has `rank` entries, one operand per dynamic one, and no negative size.
static LogicalResult checkMixedList(std::optional<Location> loc, StringRef op, int label, StringRef what,
                                    ArrayRef<int64_t> entries, ValueRange dynamic, int64_t rank) {
  if (static_cast<int64_t>(entries.size()) != rank)
    return inferError(loc, op, label, "expected ", rank, " ", what, ", but got ", entries.size());
  int64_t numDynamic = llvm::count_if(entries, ShapedType::isDynamic);
  if (numDynamic != static_cast<int64_t>(dynamic.size()))
    return inferError(loc, op, label, "expected ", numDynamic, " index operands for the dynamic ", what,
                      ", but got ", dynamic.size());
  for (int64_t entry : entries)
    if (entry < 0 && !ShapedType::isDynamic(entry))
      return inferError(loc, op, label, "expected ", what, " of at least 0, but got ", entry);
  return success();
}

//===----------------------------------------------------------------------===//
// constant, iota
//===----------------------------------------------------------------------===//

/// Bytes of the elements as ONNX lays them out: narrow ones packed, booleans one byte each.
static std::optional<int64_t> getStorageBytes(RankedTensorType type) {
  Type element = type.getElementType();
  int64_t count = type.getNumElements(), width;
  if (auto complex = dyn_cast<ComplexType>(element))
    width = 2 * complex.getElementType().getIntOrFloatBitWidth();
  else if (element.isIntOrFloat())
    width = element.isInteger(1) ? 8 : element.getIntOrFloatBitWidth();
  else
    return std::nullopt;
  return llvm::divideCeil(count * width, 8);
}

LogicalResult ConstantOp::verify() {
  auto resource = dyn_cast<DenseResourceElementsAttr>(getValue());
  AsmResourceBlob *blob = resource ? resource.getRawHandle().getBlob() : nullptr;
  if (!blob)
    return success();
  std::optional<int64_t> wanted = getStorageBytes(cast<RankedTensorType>(getType()));
  int64_t got = blob->getData().size();
  if (wanted && *wanted != got)
    return emitOpError("expected a resource of ")
           << *wanted << " bytes, but got " << got << " bytes [constant-C1]";
  return success();
}

LogicalResult IotaOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> shape = adaptor.getStaticShape();
  int64_t rank = shape.size(), axis = adaptor.getAxis();
  if (failed(checkMixedList(loc, "iota", 1, "sizes", shape, adaptor.getShape(), rank)))
    return failure();
  if (axis < 0 || axis >= rank)
    return inferError(loc, "iota", 2, "expected an axis in [0, ", rank, "), but got ", axis);
  Type to = adaptor.getTo();
  if (!isa<IntegerType, FloatType>(to) || to.isInteger(1))
    return inferError(loc, "iota", 3, "expected an integer or float element type, but got ", to);
  types.push_back(makeTensorType(getMixedDims(shape, adaptor.getShape()), to));
  return success();
}

LogicalResult IotaOp::verify() { return success(); }

//===----------------------------------------------------------------------===//
// broadcast, reshape, transpose
//===----------------------------------------------------------------------===//

LogicalResult BroadcastOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  if (failed(checkMixedList(loc, "broadcast", 1, "sizes", adaptor.getStaticShape(), adaptor.getShape(),
                            x.getRank())))
    return failure();
  SmallVector<DimExpr> dims = getMixedDims(adaptor.getStaticShape(), adaptor.getShape());
  for (auto [axis, dim] : llvm::enumerate(dims)) {
    DimExpr from = getDim(x, axis);
    if (certainlyDiffer(from, dim) && from.getConstant() != 1)
      return inferError(loc, "broadcast", 2, "expected dim ", axis, " of the operand to be 1 or ", dim.str(),
                        ", but got ", from.str());
    // A size that is not 1 already is the result's.
    if (dim.isUnknown() && from.getConstant() && from.getConstant() != 1)
      dim = from;
  }
  types.push_back(makeTensorType(dims, x.getElementType()));
  return success();
}

LogicalResult BroadcastOp::verify() { return success(); }

static DimExpr productOf(ArrayRef<DimExpr> dims) {
  DimExpr product = DimExpr::constant(1);
  for (const DimExpr &dim : dims)
    product = product * dim;
  return product;
}

LogicalResult ReshapeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  ArrayRef<int64_t> shape = adaptor.getStaticShape();
  if (failed(checkMixedList(loc, "reshape", 1, "sizes", shape, adaptor.getShape(), shape.size())))
    return failure();
  SmallVector<DimExpr> dims = getMixedDims(shape, adaptor.getShape());
  DimExpr from = productOf(getDims(x)), to = productOf(dims);
  if (std::optional<int64_t> difference = (from - to).getConstant(); difference && *difference != 0)
    return inferError(loc, "reshape", 2, "expected a shape of ", from.str(), " elements, but got ", to.str());
  // One size that nobody knows follows from the others.
  if (llvm::count_if(dims, [](const DimExpr &dim) { return dim.isUnknown(); }) == 1 && !from.isUnknown()) {
    auto *unknown = llvm::find_if(dims, [](const DimExpr &dim) { return dim.isUnknown(); });
    *unknown = DimExpr::constant(1);
    DimExpr others = productOf(dims);
    *unknown = DimExpr::floorDiv(from, others);
  }
  types.push_back(makeTensorType(dims, x.getElementType()));
  return success();
}

LogicalResult ReshapeOp::verify() { return success(); }

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  ArrayRef<int64_t> perm = adaptor.getPerm();
  if (static_cast<int64_t>(perm.size()) != x.getRank() || !isPermutationVector(perm))
    return inferError(loc, "transpose", 1, "expected perm to be a permutation of ", x.getRank(),
                      " dims, but it is none");
  SmallVector<DimExpr> dims;
  for (int64_t axis : perm)
    dims.push_back(getDim(x, axis));
  types.push_back(makeTensorType(dims, x.getElementType()));
  return success();
}

LogicalResult TransposeOp::verify() { return success(); }

//===----------------------------------------------------------------------===//
// concat, slice, reverse, pad
//===----------------------------------------------------------------------===//

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  if (adaptor.getXs().empty())
    return inferError(loc, "concat", 1, "expected at least one operand, but got none");
  RankedTensorType first = tensorType(adaptor.getXs().front());
  int64_t rank = first.getRank(), axis = adaptor.getAxis();
  if (axis < 0 || axis >= rank)
    return inferError(loc, "concat", 2, "expected an axis in [0, ", rank, "), but got ", axis);
  SmallVector<DimExpr> dims = getDims(first);
  for (auto [index, value] : llvm::enumerate(adaptor.getXs().drop_front())) {
    RankedTensorType type = tensorType(value);
    if (type.getRank() != rank || type.getElementType() != first.getElementType())
      return inferError(loc, "concat", 3, "expected operand ", index + 1, " of rank ", rank,
                        " and element type ", first.getElementType(), ", but got ", type);
    for (int64_t i = 0; i < rank; ++i) {
      DimExpr dim = getDim(type, i);
      if (i == axis)
        dims[i] = dims[i] + dim;
      else if (certainlyDiffer(dims[i], dim))
        return inferError(loc, "concat", 4, "expected dim ", i, " of operand ", index + 1, " to be ",
                          dims[i].str(), ", but got ", dim.str());
      else
        dims[i] = joinDims(dims[i], dim);
    }
  }
  types.push_back(makeTensorType(dims, first.getElementType()));
  return success();
}

LogicalResult ConcatOp::verify() { return success(); }

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  int64_t rank = x.getRank();
  ArrayRef<int64_t> strides = adaptor.getStrides();
  if (failed(checkMixedList(loc, "slice", 1, "offsets", adaptor.getStaticOffsets(), adaptor.getOffsets(),
                            rank)) ||
      failed(checkMixedList(loc, "slice", 1, "sizes", adaptor.getStaticSizes(), adaptor.getSizes(), rank)))
    return failure();
  if (static_cast<int64_t>(strides.size()) != rank || llvm::any_of(strides, [](int64_t s) { return s < 1; }))
    return inferError(loc, "slice", 2, "expected ", rank, " positive strides, but got ", strides.size(),
                      " with ", llvm::count_if(strides, [](int64_t s) { return s < 1; }),
                      " that are not positive");
  SmallVector<DimExpr> offsets = getMixedDims(adaptor.getStaticOffsets(), adaptor.getOffsets());
  SmallVector<DimExpr> sizes = getMixedDims(adaptor.getStaticSizes(), adaptor.getSizes());
  DimExpr one = DimExpr::constant(1);
  for (int64_t axis = 0; axis < rank; ++axis) {
    DimExpr end = offsets[axis] + (sizes[axis] - one) * DimExpr::constant(strides[axis]) + one;
    std::optional<int64_t> excess = (end - getDim(x, axis)).getConstant();
    if (excess && *excess > 0 && sizes[axis].getConstant() != 0)
      return inferError(loc, "slice", 3, "expected a slice inside of dim ", axis, " (", getDim(x, axis).str(),
                        "), but it ends at ", end.str());
  }
  types.push_back(makeTensorType(sizes, x.getElementType()));
  return success();
}

LogicalResult SliceOp::verify() { return success(); }

LogicalResult ReverseOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  ArrayRef<int64_t> axes = adaptor.getAxes();
  for (auto [i, axis] : llvm::enumerate(axes))
    if (axis < 0 || axis >= x.getRank() || llvm::is_contained(axes.take_front(i), axis))
      return inferError(loc, "reverse", 1, "expected different axes in [0, ", x.getRank(), "), but got ",
                        axis);
  types.push_back(x);
  return success();
}

LogicalResult ReverseOp::verify() { return success(); }

LogicalResult PadOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  int64_t rank = x.getRank();
  if (failed(checkMixedList(loc, "pad", 1, "lo pads", adaptor.getStaticLo(), adaptor.getLo(), rank)) ||
      failed(checkMixedList(loc, "pad", 1, "hi pads", adaptor.getStaticHi(), adaptor.getHi(), rank)))
    return failure();
  SmallVector<DimExpr> lo = getMixedDims(adaptor.getStaticLo(), adaptor.getLo());
  SmallVector<DimExpr> hi = getMixedDims(adaptor.getStaticHi(), adaptor.getHi());
  SmallVector<DimExpr> dims = getDims(x);
  for (int64_t axis = 0; axis < rank; ++axis)
    dims[axis] = dims[axis] + lo[axis] + hi[axis];
  types.push_back(makeTensorType(dims, x.getElementType()));
  return success();
}

LogicalResult PadOp::verify() {
  if ((getMode() == PadMode::constant) != static_cast<bool>(getValue()))
    return emitOpError("expected a value exactly with mode constant, but got mode ")
           << stringifyPadMode(getMode()) << (getValue() ? " with a value" : " without") << " [pad-C2]";
  auto x = cast<RankedTensorType>(getX().getType());
  if (getValue()) {
    RankedTensorType value = tensorType(getValue());
    if (!mayBeOneElement(value) || value.getElementType() != x.getElementType())
      return emitOpError("expected a value of one ")
             << x.getElementType() << " element, but got " << value << " [pad-C3]";
    return success();
  }
  // Lists of a wrong length are reported by the inference, which runs behind this.
  size_t numDims = std::min({getStaticLo().size(), getStaticHi().size(), x.getShape().size()});
  for (size_t axis = 0; axis < numDims; ++axis) {
    int64_t most = std::max(getStaticLo()[axis], getStaticHi()[axis]), size = x.getDimSize(axis);
    bool isReflect = getMode() == PadMode::reflect;
    if (!ShapedType::isDynamic(size) && most > 0 && size < 1)
      return emitOpError("expected dim ")
             << axis << " to hold an element to pad with, but its size is " << size << " [pad-C4]";
    if (isReflect && size == 1 && most > 0)
      return emitOpError("expected dim ") << axis << " of at least 2 elements to reflect, but got 1 [pad-C4]";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// dim, extract, from_elements
//===----------------------------------------------------------------------===//

LogicalResult DimOp::verify() {
  int64_t rank = cast<RankedTensorType>(getX().getType()).getRank();
  if (getAxis() >= static_cast<uint64_t>(rank))
    return emitOpError("expected an axis in [0, ")
           << rank << "), but got " << static_cast<int64_t>(getAxis()) << " [dim-C1]";
  return success();
}

LogicalResult ExtractOp::verify() {
  auto type = cast<RankedTensorType>(getX().getType());
  if (!isa<IntegerType>(type.getElementType()))
    return emitOpError("expected integer or boolean elements, but got ")
           << type.getElementType() << " [extract-C1]";
  if (!type.hasStaticShape() || getI() >= static_cast<uint64_t>(type.getNumElements()))
    return emitOpError("expected an element of a tensor of static shape, but got element ")
           << static_cast<int64_t>(getI()) << " of " << type << " [extract-C2]";
  return success();
}

LogicalResult FromElementsOp::inferReturnTypes(MLIRContext *context, std::optional<Location>, Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  int64_t count = adaptor.getElements().size();
  types.push_back(RankedTensorType::get({count}, IntegerType::get(context, 64)));
  return success();
}

LogicalResult FromElementsOp::verify() { return success(); }
