// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers shape ops inside kernels: constants, movement and sizes.
#include "Patterns.h"
#include "Scalar.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

using Pred = arith::CmpIPredicate;

namespace {

class LowerConstant : public LoweringPattern<w::ConstantOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::ConstantOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ElementsAttr elements = getStorageElements(op.getValue());
    if (!elements)
      return sizes.refuse(rewriter, op, "has elements without a storage form");
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, cast<TypedAttr>(elements));
    return success();
  }
};

class LowerIota : public LoweringPattern<w::IotaOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::IotaOp op, OpAdaptor, ConversionPatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getType());
    Type storage = getStorageElementType(type.getElementType());
    Value result = createMap(rewriter, op.getLoc(), storage, sizes.getSizes(rewriter, type),
                             [&](OpBuilder &b, Location loc, ValueRange indices) -> Value {
                               Value index =
                                   arith::IndexCastOp::create(b, loc, b.getI64Type(), indices[op.getAxis()]);
                               return emitCast(b, loc, index, b.getI64Type(), type.getElementType());
                             });
    rewriter.replaceOp(op, castToType(rewriter, op.getLoc(), result, getStorageType(type)));
    return success();
  }
};

class LowerBroadcast : public LoweringPattern<w::BroadcastOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::BroadcastOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getType());
    rewriter.replaceOp(
        op, createBroadcastElementwise(rewriter, op.getLoc(), sizes, op.getX(), adaptor.getX(), type,
                                       [](OpBuilder &, Location, ValueRange scalars) { return scalars[0]; }));
    return success();
  }
};

class LowerReshape : public LoweringPattern<w::ReshapeOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::ReshapeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, createReshape(rewriter, op.getLoc(), sizes, adaptor.getX(),
                                         cast<RankedTensorType>(op.getX().getType()),
                                         cast<RankedTensorType>(op.getType())));
    return success();
  }
};

class LowerTranspose : public LoweringPattern<w::TransposeOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::TransposeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getType());
    int64_t rank = type.getRank();
    // Operand dim perm[i] is result dim i.
    SmallVector<AffineExpr> exprs(rank);
    for (auto [resultDim, operandDim] : llvm::enumerate(op.getPerm()))
      exprs[operandDim] = rewriter.getAffineDimExpr(resultDim);
    AffineMap maps[] = {AffineMap::get(rank, 0, exprs, rewriter.getContext()),
                        rewriter.getMultiDimIdentityMap(rank)};
    RankedTensorType storage = getStorageType(type);
    Value empty =
        createEmpty(rewriter, op.getLoc(), sizes.getSizes(rewriter, type), storage.getElementType());
    Value result = createGeneric(rewriter, op.getLoc(), adaptor.getX(), empty, maps,
                                 SmallVector<IteratorType>(rank, IteratorType::parallel),
                                 [](OpBuilder &, Location, ValueRange args) { return args[0]; });
    rewriter.replaceOp(op, castToType(rewriter, op.getLoc(), result, storage));
    return success();
  }
};

/// Whether a slice of these sizes holds nothing: its offset may then stand at the end, where no slice starts.
static bool isEmptySlice(RankedTensorType whole, ArrayRef<OpFoldResult> offsets,
                         ArrayRef<OpFoldResult> sizes) {
  for (auto [axis, offset, size] : llvm::enumerate(offsets, sizes)) {
    std::optional<int64_t> start = getConstantIntValue(offset);
    if (isConstantIntValue(size, 0) ||
        (start && !whole.isDynamicDim(axis) && *start >= whole.getDimSize(axis)))
      return true;
  }
  return false;
}

class LowerConcat : public LoweringPattern<w::ConcatOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::ConcatOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getType());
    RankedTensorType storage = getStorageType(type);
    Value result = createEmpty(rewriter, loc, sizes.getSizes(rewriter, type), storage.getElementType());
    SmallVector<OpFoldResult> offsets(type.getRank(), rewriter.getIndexAttr(0));
    SmallVector<OpFoldResult> strides(type.getRank(), rewriter.getIndexAttr(1));
    int64_t axis = op.getAxis();
    for (auto [weftPart, part] : llvm::zip_equal(op.getXs(), adaptor.getXs())) {
      SmallVector<OpFoldResult> partSizes =
          sizes.getSizes(rewriter, cast<RankedTensorType>(weftPart.getType()));
      if (!isEmptySlice(cast<RankedTensorType>(result.getType()), offsets, partSizes))
        result = tensor::InsertSliceOp::create(rewriter, loc, part, result, offsets, partSizes, strides);
      std::optional<int64_t> offset = getConstantIntValue(offsets[axis]),
                             size = getConstantIntValue(partSizes[axis]);
      if (offset && size)
        offsets[axis] = rewriter.getIndexAttr(*offset + *size);
      else
        offsets[axis] = arith::AddIOp::create(rewriter, loc, toValue(rewriter, loc, offsets[axis]),
                                              toValue(rewriter, loc, partSizes[axis]))
                            .getResult();
    }
    rewriter.replaceOp(op, castToType(rewriter, loc, result, storage));
    return success();
  }
};

class LowerSlice : public LoweringPattern<w::SliceOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::SliceOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getType());
    SmallVector<OpFoldResult> offsets = getMixedValues(op.getStaticOffsets(), adaptor.getOffsets(), rewriter);
    SmallVector<OpFoldResult> strides = getAsIndexOpFoldResult(rewriter.getContext(), op.getStrides());
    SmallVector<OpFoldResult> shape = sizes.getSizes(rewriter, type);
    RankedTensorType storage = getStorageType(type);
    if (isEmptySlice(cast<RankedTensorType>(adaptor.getX().getType()), offsets, shape)) {
      Value empty = createEmpty(rewriter, op.getLoc(), shape, storage.getElementType());
      rewriter.replaceOp(op, castToType(rewriter, op.getLoc(), empty, storage));
      return success();
    }
    rewriter.replaceOpWithNewOp<tensor::ExtractSliceOp>(op, storage, adaptor.getX(), offsets, shape, strides);
    return success();
  }
};

class LowerReverse : public LoweringPattern<w::ReverseOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::ReverseOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getType());
    RankedTensorType storage = getStorageType(type);
    SmallVector<OpFoldResult> shape = sizes.getSizes(rewriter, type);
    Value result = createMap(rewriter, op.getLoc(), storage.getElementType(), shape,
                             [&](OpBuilder &b, Location loc, ValueRange indices) -> Value {
                               SmallVector<Value> source(indices);
                               for (int64_t axis : op.getAxes()) {
                                 Value last = arith::SubIOp::create(b, loc, toValue(b, loc, shape[axis]),
                                                                    createIndex(b, loc, 1));
                                 source[axis] = arith::SubIOp::create(b, loc, last, indices[axis]);
                               }
                               return tensor::ExtractOp::create(b, loc, adaptor.getX(), source);
                             });
    rewriter.replaceOp(op, castToType(rewriter, op.getLoc(), result, storage));
    return success();
  }
};

/// x modulo y in [0, y); y is made at least 1.
static Value emitFloorMod(OpBuilder &b, Location loc, Value x, Value y) {
  Value divisor = arith::MaxSIOp::create(b, loc, y, createIndex(b, loc, 1));
  Value rem = arith::RemSIOp::create(b, loc, x, divisor);
  Value negative = arith::CmpIOp::create(b, loc, Pred::slt, rem, createIndex(b, loc, 0));
  return arith::SelectOp::create(b, loc, negative, arith::AddIOp::create(b, loc, rem, divisor), rem);
}

class LowerPad : public LoweringPattern<w::PadOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::PadOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getType());
    auto operandType = cast<RankedTensorType>(op.getX().getType());
    RankedTensorType storage = getStorageType(type);
    SmallVector<OpFoldResult> lo = getMixedValues(op.getStaticLo(), adaptor.getLo(), rewriter);
    SmallVector<OpFoldResult> hi = getMixedValues(op.getStaticHi(), adaptor.getHi(), rewriter);
    SmallVector<OpFoldResult> operandSizes = sizes.getSizes(rewriter, operandType);
    bool isConstant = op.getMode() == w::PadMode::constant;
    Value fill;
    if (isConstant)
      fill = op.getValue() ? extractScalar(rewriter, loc, op.getValue(), adaptor.getValue())
                           : createScalar(rewriter, loc, storage.getElementType(), 0.0);
    Value result = createMap(
        rewriter, loc, storage.getElementType(), sizes.getSizes(rewriter, type),
        [&](OpBuilder &b, Location nested, ValueRange indices) -> Value {
          SmallVector<Value> source(indices);
          Value inside;
          for (int64_t axis = 0; axis < type.getRank(); ++axis) {
            if (isConstantIntValue(lo[axis], 0) && isConstantIntValue(hi[axis], 0))
              continue;
            Value size = toValue(b, nested, operandSizes[axis]);
            Value place = arith::SubIOp::create(b, nested, indices[axis], toValue(b, nested, lo[axis]));
            if (isConstant) {
              // One unsigned comparison says both 0 <= place and place < size.
              Value here = arith::CmpIOp::create(b, nested, Pred::ult, place, size);
              inside = inside ? Value(arith::AndIOp::create(b, nested, inside, here)) : here;
            }
            source[axis] = movePlace(b, nested, op.getMode(), place, size);
          }
          Value element = tensor::ExtractOp::create(b, nested, adaptor.getX(), source);
          return inside ? Value(arith::SelectOp::create(b, nested, inside, element, fill)) : element;
        });
    rewriter.replaceOp(op, castToType(rewriter, loc, result, storage));
    return success();
  }

private:
  /// Where in the operand the element at `place`, which may lie outside, comes from.
  static Value movePlace(OpBuilder &b, Location loc, w::PadMode mode, Value place, Value size) {
    if (mode == w::PadMode::wrap)
      return emitFloorMod(b, loc, place, size);
    if (mode == w::PadMode::reflect) {
      Value one = createIndex(b, loc, 1);
      Value last = arith::SubIOp::create(b, loc, size, one);
      Value period = arith::MulIOp::create(b, loc, last, createIndex(b, loc, 2));
      Value phase = emitFloorMod(b, loc, place, period);
      Value mirrored = arith::SubIOp::create(b, loc, period, phase);
      return clampIndex(b, loc, arith::MinSIOp::create(b, loc, phase, mirrored), size);
    }
    return clampIndex(b, loc, place, size);
  }
};

class LowerDim : public LoweringPattern<w::DimOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::DimOp op, OpAdaptor, ConversionPatternRewriter &rewriter) const override {
    OpFoldResult size = sizes.getSize(rewriter, cast<RankedTensorType>(op.getX().getType()), op.getAxis());
    rewriter.replaceOp(op, toValue(rewriter, op.getLoc(), size));
    return success();
  }
};

class LowerExtract : public LoweringPattern<w::ExtractOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::ExtractOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, extractIndex(rewriter, op.getLoc(), cast<RankedTensorType>(op.getX().getType()),
                                        adaptor.getX(), op.getI()));
    return success();
  }
};

class LowerFromElements : public LoweringPattern<w::FromElementsOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::FromElementsOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, createFromElements(rewriter, op.getLoc(), adaptor.getElements()));
    return success();
  }
};

} // namespace

Value extractScalar(OpBuilder &b, Location loc, Value weftValue, Value value) {
  if (TypedAttr splat = getSplatValue(weftValue); splat && !isa<ArrayAttr>(splat))
    return arith::ConstantOp::create(b, loc, splat);
  int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
  SmallVector<Value> zeros(rank, rank ? createIndex(b, loc, 0) : Value());
  return tensor::ExtractOp::create(b, loc, value, zeros);
}

Value extractIndex(OpBuilder &b, Location loc, RankedTensorType weftType, Value value, int64_t element) {
  // Row-major coordinates of the flat position.
  SmallVector<Value> coordinates(weftType.getRank());
  for (int64_t axis = weftType.getRank() - 1; axis >= 0; --axis) {
    coordinates[axis] = createIndex(b, loc, element % weftType.getDimSize(axis));
    element /= weftType.getDimSize(axis);
  }
  Value scalar = tensor::ExtractOp::create(b, loc, value, coordinates);
  if (isUnsignedElement(weftType.getElementType()))
    return arith::IndexCastUIOp::create(b, loc, b.getIndexType(), scalar);
  return arith::IndexCastOp::create(b, loc, b.getIndexType(), scalar);
}

Value createFromElements(OpBuilder &b, Location loc, ValueRange indices) {
  auto type = RankedTensorType::get({static_cast<int64_t>(indices.size())}, b.getI64Type());
  SmallVector<Value> elements;
  for (Value index : indices)
    elements.push_back(arith::IndexCastOp::create(b, loc, b.getI64Type(), index));
  return tensor::FromElementsOp::create(b, loc, type, elements);
}

void populateShapeLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                            const LoweringContext &sizes) {
  patterns.add<LowerBroadcast, LowerConcat, LowerConstant, LowerDim, LowerExtract, LowerFromElements,
               LowerIota, LowerPad, LowerReshape, LowerReverse, LowerSlice, LowerTranspose>(
      converter, patterns.getContext(), sizes);
}

} // namespace weft::conversion
