// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers gathers to parallel reads at computed places and scatters to sequential loops in row-major order.
#include "Loops.h"
#include "Patterns.h"
#include "Scalar.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

Value emitWrappedIndex(OpBuilder &b, Location loc, Value value, Type weftElement, Value size) {
  if (isUnsignedElement(weftElement))
    return clampIndex(b, loc, arith::IndexCastUIOp::create(b, loc, b.getIndexType(), value), size);
  Value index = arith::IndexCastOp::create(b, loc, b.getIndexType(), value);
  Value negative = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, index, createIndex(b, loc, 0));
  index = arith::SelectOp::create(b, loc, negative, arith::AddIOp::create(b, loc, index, size), index);
  return clampIndex(b, loc, index, size);
}

namespace {

class LowerGather : public LoweringPattern<w::GatherOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::GatherOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getResult()), x = typeOf(op.getX()), indices = typeOf(op.getIndices());
    int64_t axis = op.getAxis(), batch = op.getBatchDims(), rank = type.getRank();
    int64_t inserted = indices.getRank() - batch;
    RankedTensorType storage = getStorageType(type);
    Value size = toValue(rewriter, loc, sizes.getSize(rewriter, x, axis));
    // Index dims: the shared batch dims, then those that take the place of the axis.
    SmallVector<AffineExpr> exprs;
    for (int64_t dim = 0; dim < indices.getRank(); ++dim)
      exprs.push_back(rewriter.getAffineDimExpr(dim < batch ? dim : axis + dim - batch));
    AffineMap maps[] = {AffineMap::get(rank, 0, exprs, rewriter.getContext()),
                        rewriter.getMultiDimIdentityMap(rank)};
    Value empty = createEmpty(rewriter, loc, sizes.getSizes(rewriter, type), storage.getElementType());
    Value result = createGeneric(
        rewriter, loc, adaptor.getIndices(), empty, maps,
        SmallVector<IteratorType>(rank, IteratorType::parallel),
        [&](OpBuilder &b, Location nested, ValueRange args) -> Value {
          SmallVector<Value> place;
          for (int64_t dim = 0; dim < x.getRank(); ++dim) {
            if (dim == axis)
              place.push_back(emitWrappedIndex(b, nested, args[0], indices.getElementType(), size));
            else
              place.push_back(linalg::IndexOp::create(b, nested, dim < axis ? dim : dim - 1 + inserted));
          }
          return tensor::ExtractOp::create(b, nested, adaptor.getX(), place);
        });
    rewriter.replaceOp(op, castToType(rewriter, loc, result, storage));
    return success();
  }
};

class LowerGatherElements : public LoweringPattern<w::GatherElementsOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::GatherElementsOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getResult());
    int64_t axis = op.getAxis();
    Value size = toValue(rewriter, loc, sizes.getSize(rewriter, typeOf(op.getX()), axis));
    RankedTensorType storage = getStorageType(type);
    Value result = createElementwise(
        rewriter, loc, adaptor.getIndices(), storage.getElementType(), sizes.getSizes(rewriter, type),
        [&](OpBuilder &b, Location nested, ValueRange args) -> Value {
          SmallVector<Value> place;
          for (int64_t dim = 0; dim < type.getRank(); ++dim)
            place.push_back(linalg::IndexOp::create(b, nested, dim));
          place[axis] = emitWrappedIndex(b, nested, args[0], typeOf(op.getIndices()).getElementType(), size);
          return tensor::ExtractOp::create(b, nested, adaptor.getX(), place);
        });
    rewriter.replaceOp(op, castToType(rewriter, loc, result, storage));
    return success();
  }
};

/// Reads the coordinate tuple of `indices` at `place` (all dims but the last) as clamped indices into dims
/// [firstDim, firstDim + k) of a tensor.
SmallVector<Value> emitCoordinates(OpBuilder &b, Location loc, Value indices, RankedTensorType indexType,
                                   ArrayRef<Value> place, ArrayRef<OpFoldResult> tensorSizes,
                                   int64_t firstDim) {
  SmallVector<Value> coordinates;
  SmallVector<Value> at(place);
  at.push_back(nullptr);
  for (int64_t i = 0; i < indexType.getShape().back(); ++i) {
    at.back() = createIndex(b, loc, i);
    Value raw = tensor::ExtractOp::create(b, loc, indices, at);
    Value size = toValue(b, loc, tensorSizes[firstDim + i]);
    coordinates.push_back(emitWrappedIndex(b, loc, raw, indexType.getElementType(), size));
  }
  return coordinates;
}

class LowerGatherNd : public LoweringPattern<w::GatherNdOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::GatherNdOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getResult()), indexType = typeOf(op.getIndices());
    int64_t batch = op.getBatchDims(), outer = indexType.getRank() - 1;
    SmallVector<OpFoldResult> xSizes = sizes.getSizes(rewriter, typeOf(op.getX()));
    RankedTensorType storage = getStorageType(type);
    Value result = createMap(rewriter, loc, storage.getElementType(), sizes.getSizes(rewriter, type),
                             [&](OpBuilder &b, Location nested, ValueRange at) -> Value {
                               SmallVector<Value> all(at), place(at.take_front(batch));
                               llvm::append_range(
                                   place, emitCoordinates(b, nested, adaptor.getIndices(), indexType,
                                                          ArrayRef(all).take_front(outer), xSizes, batch));
                               llvm::append_range(place, at.drop_front(outer));
                               return tensor::ExtractOp::create(b, nested, adaptor.getX(), place);
                             });
    rewriter.replaceOp(op, castToType(rewriter, loc, result, storage));
    return success();
  }
};

/// The element after an update met it.
Value emitScatterUpdate(ScalarBuilder s, w::ScatterMode mode, Value old, Value update, Type element) {
  if (mode == w::ScatterMode::set)
    return update;
  bool isFloat = isa<FloatType>(element), isUnsigned = isUnsignedElement(element);
  Type compute = isFloat ? getComputeFloatType(element) : old.getType();
  if (isFloat) {
    old = emitToFloat(s.b, s.loc, old, element, compute);
    update = emitToFloat(s.b, s.loc, update, element, compute);
  }
  Value result;
  if (mode == w::ScatterMode::add)
    result = element.isInteger(1) ? s.bitOr(old, update) : s.add(old, update);
  else if (mode == w::ScatterMode::mul)
    result = element.isInteger(1) ? s.bitAnd(old, update) : s.mul(old, update);
  else
    result = emitExtremum(s, old, update, isUnsigned, /*isMax=*/mode == w::ScatterMode::max);
  return isFloat ? emitFromFloat(s.b, s.loc, result, element) : result;
}

class LowerScatterElements : public LoweringPattern<w::ScatterElementsOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::ScatterElementsOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getResult()), indexType = typeOf(op.getIndices());
    int64_t axis = op.getAxis();
    SmallVector<OpFoldResult> shape = sizes.getSizes(rewriter, type);
    Value size = toValue(rewriter, loc, shape[axis]);
    Value result = createCopy(rewriter, loc, adaptor.getX(), shape);
    result = createSequentialLoops(
        rewriter, loc, sizes.getSizes(rewriter, indexType), result,
        [&](OpBuilder &b, Location nested, ValueRange at, ValueRange state) -> SmallVector<Value> {
          Value raw = tensor::ExtractOp::create(b, nested, adaptor.getIndices(), at);
          Value update = tensor::ExtractOp::create(b, nested, adaptor.getUpdates(), at);
          SmallVector<Value> place(at);
          place[axis] = emitWrappedIndex(b, nested, raw, indexType.getElementType(), size);
          Value old = op.getMode() == w::ScatterMode::set
                          ? Value()
                          : tensor::ExtractOp::create(b, nested, state[0], place);
          Value next = emitScatterUpdate({b, nested}, op.getMode(), old, update, type.getElementType());
          return {tensor::InsertOp::create(b, nested, next, state[0], place)};
        })[0];
    rewriter.replaceOp(op, castToType(rewriter, loc, result, getStorageType(type)));
    return success();
  }
};

class LowerScatterNd : public LoweringPattern<w::ScatterNdOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::ScatterNdOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getResult()), indexType = typeOf(op.getIndices());
    int64_t outer = indexType.getRank() - 1;
    int64_t depth = indexType.getDimSize(outer);
    SmallVector<OpFoldResult> shape = sizes.getSizes(rewriter, type);
    SmallVector<OpFoldResult> outerSizes = sizes.getSizes(rewriter, indexType);
    outerSizes.pop_back();
    SmallVector<OpFoldResult> innerSizes(ArrayRef(shape).drop_front(depth));
    Value result = createCopy(rewriter, loc, adaptor.getX(), shape);
    result = createSequentialLoops(
        rewriter, loc, outerSizes, result,
        [&](OpBuilder &b, Location nested, ValueRange at, ValueRange state) -> SmallVector<Value> {
          SmallVector<Value> outerAt(at);
          SmallVector<Value> coordinates =
              emitCoordinates(b, nested, adaptor.getIndices(), indexType, outerAt, shape, /*firstDim=*/0);
          return createSequentialLoops(
              b, nested, innerSizes, state,
              [&](OpBuilder &body, Location bodyLoc, ValueRange innerAt,
                  ValueRange inner) -> SmallVector<Value> {
                SmallVector<Value> place(coordinates), source(outerAt);
                llvm::append_range(place, innerAt);
                llvm::append_range(source, innerAt);
                Value update = tensor::ExtractOp::create(body, bodyLoc, adaptor.getUpdates(), source);
                Value old = op.getMode() == w::ScatterMode::set
                                ? Value()
                                : tensor::ExtractOp::create(body, bodyLoc, inner[0], place);
                Value next =
                    emitScatterUpdate({body, bodyLoc}, op.getMode(), old, update, type.getElementType());
                return {tensor::InsertOp::create(body, bodyLoc, next, inner[0], place)};
              });
        })[0];
    rewriter.replaceOp(op, castToType(rewriter, loc, result, getStorageType(type)));
    return success();
  }
};

} // namespace

void populateIndexingLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                               const LoweringContext &sizes) {
  patterns.add<LowerGather, LowerGatherElements, LowerGatherNd, LowerScatterElements, LowerScatterNd>(
      converter, patterns.getContext(), sizes);
}

} // namespace weft::conversion
