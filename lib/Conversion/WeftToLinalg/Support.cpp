// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of sizes, scalars and structured ops for the lowering patterns.
#include "Support.h"

#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

//===----------------------------------------------------------------------===//
// Sizes and scalars
//===----------------------------------------------------------------------===//

OpFoldResult LoweringContext::getSize(OpBuilder &b, RankedTensorType weftType, int64_t axis) const {
  if (!weftType.isDynamicDim(axis))
    return b.getIndexAttr(weftType.getDimSize(axis));
  Value size = dims.lookup(w::getDim(weftType, axis));
  assert(size && "internal: the pass binds every named size before it converts");
  return size;
}

LogicalResult LoweringContext::refuse(RewriterBase &rewriter, Operation *op,
                                      const llvm::Twine &reason) const {
  reasons[op->getLoc()] = reason.str();
  return rewriter.notifyMatchFailure(op, reason);
}

StringRef LoweringContext::getReason(Operation *op) const {
  auto known = reasons.find(op->getLoc());
  return known == reasons.end() ? StringRef() : StringRef(known->second);
}

SmallVector<OpFoldResult> LoweringContext::getSizes(OpBuilder &b, RankedTensorType weftType) const {
  SmallVector<OpFoldResult> result;
  for (int64_t axis = 0; axis < weftType.getRank(); ++axis)
    result.push_back(getSize(b, weftType, axis));
  return result;
}

Value createIndex(OpBuilder &b, Location loc, int64_t value) {
  return arith::ConstantIndexOp::create(b, loc, value);
}

Value toValue(OpBuilder &b, Location loc, OpFoldResult size) {
  return getValueOrCreateConstantIndexOp(b, loc, size);
}

OpFoldResult mulSizes(OpBuilder &b, Location loc, OpFoldResult lhs, OpFoldResult rhs) {
  std::optional<int64_t> a = getConstantIntValue(lhs), c = getConstantIntValue(rhs);
  if (a && c)
    return b.getIndexAttr(*a * *c);
  if (a == 1)
    return rhs;
  if (c == 1)
    return lhs;
  return arith::MulIOp::create(b, loc, toValue(b, loc, lhs), toValue(b, loc, rhs)).getResult();
}

Value createScalar(OpBuilder &b, Location loc, Type type, double value) {
  if (auto complexType = dyn_cast<ComplexType>(type)) {
    Type part = complexType.getElementType();
    ArrayAttr parts = b.getArrayAttr({b.getFloatAttr(part, value), b.getFloatAttr(part, 0.0)});
    return complex::ConstantOp::create(b, loc, type, parts);
  }
  if (isa<FloatType>(type))
    return arith::ConstantOp::create(b, loc, b.getFloatAttr(type, value));
  return arith::ConstantOp::create(b, loc, b.getIntegerAttr(type, static_cast<int64_t>(value)));
}

Value createIntScalar(OpBuilder &b, Location loc, Type type, const APInt &value) {
  return arith::ConstantOp::create(b, loc, IntegerAttr::get(type, value));
}

Value createExtreme(OpBuilder &b, Location loc, Type storage, bool isUnsigned, bool isMax) {
  if (auto real = dyn_cast<FloatType>(storage))
    return arith::ConstantOp::create(
        b, loc, FloatAttr::get(real, APFloat::getInf(real.getFloatSemantics(), /*Negative=*/isMax)));
  unsigned width = storage.getIntOrFloatBitWidth();
  APInt least = isUnsigned ? APInt::getMinValue(width) : APInt::getSignedMinValue(width);
  APInt greatest = isUnsigned ? APInt::getMaxValue(width) : APInt::getSignedMaxValue(width);
  return createIntScalar(b, loc, storage, isMax ? least : greatest);
}

Value clampIndex(OpBuilder &b, Location loc, Value value, Value size) {
  Value zero = createIndex(b, loc, 0);
  Value last = arith::SubIOp::create(b, loc, size, createIndex(b, loc, 1));
  return arith::MaxSIOp::create(b, loc, arith::MinSIOp::create(b, loc, value, last), zero);
}

//===----------------------------------------------------------------------===//
// Structured ops
//===----------------------------------------------------------------------===//

Value createEmpty(OpBuilder &b, Location loc, ArrayRef<OpFoldResult> sizes, Type element) {
  return tensor::EmptyOp::create(b, loc, sizes, element);
}

Value createFilled(OpBuilder &b, Location loc, ArrayRef<OpFoldResult> sizes, Value scalar) {
  Value empty = createEmpty(b, loc, sizes, scalar.getType());
  return linalg::FillOp::create(b, loc, ValueRange{scalar}, ValueRange{empty}).getResult(0);
}

Value createGeneric(OpBuilder &b, Location loc, ValueRange inputs, Value init, ArrayRef<AffineMap> maps,
                    ArrayRef<IteratorType> iterators, BodyFn body) {
  return linalg::GenericOp::create(
             b, loc, TypeRange{init.getType()}, inputs, ValueRange{init}, maps, iterators,
             [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
               linalg::YieldOp::create(nested, nestedLoc, body(nested, nestedLoc, args));
             })
      .getResult(0);
}

Value createElementwise(OpBuilder &b, Location loc, ValueRange inputs, Type element,
                        ArrayRef<OpFoldResult> sizes, BodyFn body) {
  int64_t rank = sizes.size();
  SmallVector<AffineMap> maps(inputs.size() + 1, b.getMultiDimIdentityMap(rank));
  SmallVector<IteratorType> iterators(rank, IteratorType::parallel);
  return createGeneric(b, loc, inputs, createEmpty(b, loc, sizes, element), maps, iterators, body);
}

Value createMap(OpBuilder &b, Location loc, Type element, ArrayRef<OpFoldResult> sizes, BodyFn body) {
  return createElementwise(b, loc, {}, element, sizes,
                           [&](OpBuilder &nested, Location nestedLoc, ValueRange) {
                             SmallVector<Value> indices;
                             for (size_t axis = 0; axis < sizes.size(); ++axis)
                               indices.push_back(linalg::IndexOp::create(nested, nestedLoc, axis));
                             return body(nested, nestedLoc, indices);
                           });
}

/// The reshape behind `value` when all it does is to add dims of size 1; marks these dims in `isUnit`.
static tensor::ExpandShapeOp getUnitExpansion(Value value, SmallVectorImpl<bool> &isUnit) {
  auto expand = value.getDefiningOp<tensor::ExpandShapeOp>();
  if (!expand)
    return nullptr;
  RankedTensorType type = expand.getResultType();
  isUnit.assign(type.getRank(), false);
  if (expand.getSrcType().getRank() == 0) {
    isUnit.assign(type.getRank(), true);
    return type.hasStaticShape() && type.getNumElements() == 1 ? expand : nullptr;
  }
  for (const ReassociationIndices &group : expand.getReassociationIndices()) {
    int64_t kept = 0;
    for (int64_t axis : group) {
      isUnit[axis] = type.getDimSize(axis) == 1;
      kept += !isUnit[axis];
    }
    if (kept > 1)
      return nullptr;
    if (kept == 0)
      isUnit[group.front()] = false;
  }
  return expand;
}

OperandAccess getBroadcastAccess(OpBuilder &b, Location loc, Value weftOperand, Value operand,
                                 RankedTensorType resultType) {
  OperandAccess access;
  if (TypedAttr splat = getSplatValue(weftOperand)) {
    access.scalar = isa<ArrayAttr>(splat) ? Value() : Value(arith::ConstantOp::create(b, loc, splat));
    if (access.scalar)
      return access;
  }
  auto type = cast<RankedTensorType>(weftOperand.getType());
  int64_t rank = resultType.getRank();
  SmallVector<AffineExpr> exprs;
  for (int64_t axis = 0; axis < rank; ++axis) {
    bool broadcasts = type.getDimSize(axis) == 1 && resultType.getDimSize(axis) != 1;
    exprs.push_back(broadcasts ? b.getAffineConstantExpr(0) : b.getAffineDimExpr(axis));
    access.needsGather |= type.isDynamicDim(axis) &&
                          !w::DimExpr::provablyEqual(w::getDim(type, axis), w::getDim(resultType, axis));
  }
  access.tensor = operand;
  SmallVector<bool> isUnit;
  if (auto expand = getUnitExpansion(operand, isUnit); expand && !access.needsGather) {
    SmallVector<AffineExpr> kept;
    for (int64_t axis = 0; axis < rank; ++axis)
      if (!isUnit[axis])
        kept.push_back(exprs[axis]);
    exprs = kept;
    access.tensor = expand.getSrc();
  }
  access.map = AffineMap::get(rank, 0, exprs, b.getContext());
  return access;
}

/// The element of `tensor` at the place of the innermost loops, where a dim whose size turns out to be 1
/// stays at 0.
static Value gatherBroadcast(OpBuilder &b, Location loc, Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<Value> indices;
  Value zero = createIndex(b, loc, 0), one = createIndex(b, loc, 1);
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    if (type.getDimSize(axis) == 1) {
      indices.push_back(zero);
      continue;
    }
    Value index = linalg::IndexOp::create(b, loc, axis);
    if (type.isDynamicDim(axis)) {
      Value size = tensor::DimOp::create(b, loc, tensor, axis);
      Value isOne = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, size, one);
      index = arith::SelectOp::create(b, loc, isOne, zero, index);
    }
    indices.push_back(index);
  }
  return tensor::ExtractOp::create(b, loc, tensor, indices);
}

Value createBroadcastElementwise(OpBuilder &b, Location loc, const LoweringContext &sizes,
                                 ValueRange weftOperands, ValueRange operands, RankedTensorType resultType,
                                 BodyFn body) {
  SmallVector<OperandAccess> accesses;
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  for (auto [weftOperand, operand] : llvm::zip_equal(weftOperands, operands)) {
    accesses.push_back(getBroadcastAccess(b, loc, weftOperand, operand, resultType));
    if (accesses.back().scalar || accesses.back().needsGather)
      continue;
    inputs.push_back(accesses.back().tensor);
    maps.push_back(accesses.back().map);
  }
  int64_t rank = resultType.getRank();
  maps.push_back(b.getMultiDimIdentityMap(rank));
  RankedTensorType storage = getStorageType(resultType);
  Value empty = createEmpty(b, loc, sizes.getSizes(b, resultType), storage.getElementType());
  SmallVector<IteratorType> iterators(rank, IteratorType::parallel);
  Value result = createGeneric(b, loc, inputs, empty, maps, iterators,
                               [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
                                 SmallVector<Value> scalars;
                                 size_t next = 0;
                                 for (const OperandAccess &access : accesses) {
                                   if (access.scalar)
                                     scalars.push_back(access.scalar);
                                   else if (access.needsGather)
                                     scalars.push_back(gatherBroadcast(nested, nestedLoc, access.tensor));
                                   else
                                     scalars.push_back(args[next++]);
                                 }
                                 return body(nested, nestedLoc, scalars);
                               });
  return castToType(b, loc, result, storage);
}

Value castToType(OpBuilder &b, Location loc, Value tensor, RankedTensorType type) {
  return tensor.getType() == type ? tensor : Value(tensor::CastOp::create(b, loc, type, tensor));
}

} // namespace weft::conversion
