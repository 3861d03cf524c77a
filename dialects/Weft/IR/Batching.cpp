// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How an op takes the batch where its dimension map says everything, and the edits that rules of ops share.
#include "dialects/Weft/IR/Batching.h"

#include "dialects/Weft/IR/WeftOps.h"

using namespace mlir;
using namespace mlir::weft;

Batching::~Batching() = default;

bool mlir::weft::areSamePlaces(const BatchPlace &a, const BatchPlace &b) {
  return a.axis == b.axis && DimExpr::provablyEqual(a.inner, b.inner);
}

//===----------------------------------------------------------------------===//
// Types and sizes
//===----------------------------------------------------------------------===//

/// The result types that follow from the operands; errors are reported at `loc` where there is one.
static LogicalResult inferTypes(Operation *op, std::optional<Location> loc, SmallVectorImpl<Type> &types) {
  auto inference = dyn_cast<InferTypeOpInterface>(op);
  if (!inference)
    return failure();
  return inference.inferReturnTypes(op->getContext(), loc, op->getOperands(),
                                    op->getDiscardableAttrDictionary(), op->getPropertiesStorage(),
                                    op->getRegions(), types);
}

LogicalResult mlir::weft::retype(Operation *op, Batching &batching) {
  SmallVector<Type> types;
  std::string reason = "its operands do not fit together then";
  {
    ScopedDiagnosticHandler handler(op->getContext(), [&](Diagnostic &problem) {
      reason = problem.str();
      return success();
    });
    if (succeeded(inferTypes(op, op->getLoc(), types)))
      reason.clear();
  }
  if (!reason.empty())
    return op->emitOpError("cannot be batched: ") << reason;
  for (auto [value, type] : llvm::zip(op->getResults(), types)) {
    auto old = dyn_cast<RankedTensorType>(value.getType()), inferred = dyn_cast<RankedTensorType>(type);
    if (!old || !inferred || old.getRank() != inferred.getRank()) {
      value.setType(type);
      continue;
    }
    // What the old type knows beyond inference holds but for the dim that now carries the batch.
    SmallVector<DimExpr> dims = getDims(old);
    if (std::optional<BatchPlace> place = batching.getPlace(value))
      dims[place->axis] = getDim(inferred, place->axis);
    value.setType(refineType(type, makeTensorType(dims, old.getElementType())));
  }
  return success();
}

LogicalResult mlir::weft::multiplyEntry(Operation *op, Batching &batching, SmallVectorImpl<int64_t> &sizes,
                                        SmallVectorImpl<Value> &dynamic, int64_t axis, const DimExpr &inner) {
  bool wasDynamic = ShapedType::isDynamic(sizes[axis]);
  int64_t position = llvm::count_if(ArrayRef<int64_t>(sizes).take_front(axis),
                                    [](int64_t size) { return ShapedType::isDynamic(size); });
  OpFoldResult size;
  if (std::optional<int64_t> constant = wasDynamic ? inner.getConstant() : std::optional(sizes[axis]))
    size = Builder(op->getContext()).getIndexAttr(*constant);
  else
    size = dynamic[position];
  size = batching.multiply(op, size);
  if (!size)
    return op->emitOpError("cannot be batched: dim ") << axis << " would be a product of two symbols";
  if (wasDynamic)
    dynamic.erase(dynamic.begin() + position);
  if (auto constant = dyn_cast<Attribute>(size)) {
    sizes[axis] = cast<IntegerAttr>(constant).getInt();
    return success();
  }
  sizes[axis] = ShapedType::kDynamic;
  dynamic.insert(dynamic.begin() + position, cast<Value>(size));
  return success();
}

LogicalResult mlir::weft::widenOperand(OpOperand &operand, Batching &batching, int64_t axis) {
  Operation *op = operand.getOwner();
  OpBuilder builder(op);
  auto type = cast<RankedTensorType>(operand.get().getType());
  SmallVector<int64_t> sizes(type.getShape());
  SmallVector<Value> dynamic;
  for (auto [dim, size] : llvm::enumerate(sizes))
    if (ShapedType::isDynamic(size))
      dynamic.push_back(DimOp::create(builder, op->getLoc(), operand.get(), dim));
  BatchPlace place{axis, DimExpr::constant(1)};
  if (failed(multiplyEntry(op, batching, sizes, dynamic, axis, place.inner)))
    return failure();
  Value wide = BroadcastOp::create(builder, op->getLoc(), type, operand.get(), dynamic, sizes);
  batching.setPlace(wide, place);
  operand.set(wide);
  return success();
}

//===----------------------------------------------------------------------===//
// The dimension map
//===----------------------------------------------------------------------===//

/// Gives an op whose operands fit together already the types of the batch: its dimension map tells dims of
/// size 1 from the batch by them. One that needs operands widened first keeps its types.
static void retypeEarly(Operation *op) {
  SmallVector<Type> types;
  if (failed(inferTypes(op, /*loc=*/std::nullopt, types)))
    return;
  for (auto [value, type] : llvm::zip(op->getResults(), types))
    value.setType(type);
}

/// The factor in which all operands that carry the batch have it, and the place of one of them.
static LogicalResult findFactor(Operation *op, Batching &batching, const DimMap &map,
                                std::optional<int64_t> &factor, BatchPlace &found) {
  for (OpOperand &operand : op->getOpOperands()) {
    std::optional<BatchPlace> place = batching.getPlace(operand.get());
    if (!place)
      continue;
    int64_t own = map.operands[operand.getOperandNumber()][place->axis];
    if (own == kNoFactor || map.kinds[own] != FactorKind::Parallel)
      return op->emitOpError("cannot be batched: it mixes the entries of dim ")
             << place->axis << " of operand " << operand.getOperandNumber() << ", which holds the samples";
    if (factor && *factor != own)
      return op->emitOpError("cannot be batched: operands carry the samples in dims that do not go together");
    factor = own;
    found = *place;
  }
  return success();
}

/// Repeats the operands that have a 1 where the others hold the samples.
static LogicalResult widenOperands(Operation *op, Batching &batching, const DimMap &map, int64_t factor,
                                   const BatchPlace &place) {
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    if (!type || batching.getPlace(operand.get()))
      continue;
    ArrayRef<int64_t> factors = map.operands[operand.getOperandNumber()];
    const int64_t *axis = llvm::find(factors, factor);
    if (axis == factors.end())
      continue;
    if (type.getDimSize(axis - factors.begin()) == 1) {
      if (failed(widenOperand(operand, batching, axis - factors.begin())))
        return failure();
    } else if (place.inner.getConstant() != 1) {
      return op->emitOpError("cannot be batched: operand ")
             << operand.getOperandNumber() << " would have to be repeated for each sample";
    }
  }
  return success();
}

LogicalResult mlir::weft::batchByDimMap(Operation *op, Batching &batching) {
  SmallVector<Type> single(op->getResultTypes());
  retypeEarly(op);
  auto mapped = dyn_cast<DimMapOpInterface>(op);
  FailureOr<DimMap> map = mapped ? mapped.getDimMap() : FailureOr<DimMap>(failure());
  if (failed(map))
    return op->emitOpError("cannot be batched: its operands and results have no dims in common");
  std::optional<int64_t> factor;
  BatchPlace place;
  if (failed(findFactor(op, batching, *map, factor, place)))
    return failure();
  if (!factor)
    return success();
  if (failed(widenOperands(op, batching, *map, *factor, place)))
    return failure();
  for (auto [value, old, factors] : llvm::zip(op->getResults(), single, map->results)) {
    const int64_t *axis = llvm::find(factors, *factor);
    if (axis == factors.end())
      return op->emitOpError("cannot be batched: a result does not keep the samples apart");
    // Entries that one sample was combined with may be as many as the samples, and are not theirs.
    if (!DimExpr::provablyEqual(getDim(cast<RankedTensorType>(old), axis - factors.begin()), place.inner))
      return op->emitOpError("cannot be batched: an operand would have to be repeated for each sample");
    batching.setPlace(value, {axis - factors.begin(), place.inner});
  }
  return retype(op, batching);
}
