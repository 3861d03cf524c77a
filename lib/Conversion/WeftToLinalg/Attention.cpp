// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers rotary embedding and cache updates; attention itself is decomposed before outlining.
#include "Loops.h"
#include "Patterns.h"
#include "Scalar.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

namespace {

/// Element d of a rotated head: with its partner p, x[d] * cos - x[p] * sin for the first of a pair, x[d] *
/// cos + x[p] * sin for the second; dims behind `dims` stay.
class LowerRope : public LoweringPattern<w::RopeOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::RopeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getResult()), storage = getStorageType(type);
    Type element = type.getElementType(), compute = getComputeFloatType(element);
    Type tableElement = typeOf(op.getCos()).getElementType();
    int64_t rotated = op.getDims(), half = rotated / 2;
    int64_t rows = op.getLayout() == w::HeadLayout::bhsd ? 2 : 1;
    bool sharesTable = typeOf(op.getCos()).getDimSize(0) == 1;
    bool rotatesAll = type.getDimSize(3) == rotated;
    Value result = createElementwise(
        rewriter, loc, adaptor.getX(), storage.getElementType(), sizes.getSizes(rewriter, type),
        [&](OpBuilder &b, Location nested, ValueRange args) -> Value {
          ScalarBuilder s{b, nested};
          using Pred = arith::CmpIPredicate;
          SmallVector<Value> at;
          for (int64_t dim = 0; dim < 4; ++dim)
            at.push_back(linalg::IndexOp::create(b, nested, dim));
          Value d = at[3], zero = createIndex(b, nested, 0), one = createIndex(b, nested, 1);
          Value isRotated = s.cmp(Pred::ult, d, createIndex(b, nested, rotated));
          Value place = rotatesAll ? d : s.select(isRotated, d, zero);
          Value pair, partner, isFirst;
          if (op.getInterleaved()) {
            Value two = createIndex(b, nested, 2);
            pair = arith::DivUIOp::create(b, nested, place, two);
            isFirst = s.cmp(Pred::eq, arith::RemUIOp::create(b, nested, place, two), zero);
            partner = s.select(isFirst, s.add(place, one), arith::SubIOp::create(b, nested, place, one));
          } else {
            Value middle = createIndex(b, nested, half);
            isFirst = s.cmp(Pred::ult, place, middle);
            pair = s.select(isFirst, place, arith::SubIOp::create(b, nested, place, middle));
            partner = s.select(isFirst, s.add(place, middle), pair);
          }
          SmallVector<Value> partnerAt(at);
          partnerAt[3] = rotatesAll ? partner : s.select(isRotated, partner, d);
          Value x = emitToFloat(b, nested, args[0], element, compute);
          Value other = tensor::ExtractOp::create(b, nested, adaptor.getX(), partnerAt);
          other = emitToFloat(b, nested, other, element, compute);
          Value tableAt[] = {sharesTable ? zero : at[0], at[rows], pair};
          Value cos = tensor::ExtractOp::create(b, nested, adaptor.getCos(), tableAt);
          Value sin = tensor::ExtractOp::create(b, nested, adaptor.getSin(), tableAt);
          cos = emitToFloat(b, nested, cos, tableElement, compute);
          sin = emitToFloat(b, nested, sin, tableElement, compute);
          Value signedSin = s.select(isFirst, arith::NegFOp::create(b, nested, sin), sin);
          Value value = s.add(s.mul(x, cos), s.mul(other, signedSin));
          value = emitFromFloat(b, nested, value, element);
          return rotatesAll ? value : s.select(isRotated, value, args[0]);
        });
    rewriter.replaceOp(op, castToType(rewriter, loc, result, storage));
    return success();
  }
};

class LowerCacheUpdate : public LoweringPattern<w::CacheUpdateOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::CacheUpdateOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getResult()), storage = getStorageType(type);
    RankedTensorType updateType = typeOf(op.getUpdate()), startType = typeOf(op.getStart());
    int64_t axis = op.getAxis();
    SmallVector<OpFoldResult> shape = sizes.getSizes(rewriter, type);
    Value size = toValue(rewriter, loc, shape[axis]);
    Value length = toValue(rewriter, loc, sizes.getSize(rewriter, updateType, axis));
    bool isShared = startType.getRank() == 0 || startType.getDimSize(0) == 1;
    Value sharedStart = isShared ? extractScalar(rewriter, loc, op.getStart(), adaptor.getStart()) : Value();
    Value result = createElementwise(
        rewriter, loc, adaptor.getCache(), storage.getElementType(), shape,
        [&](OpBuilder &b, Location nested, ValueRange args) -> Value {
          ScalarBuilder s{b, nested};
          using Pred = arith::CmpIPredicate;
          SmallVector<Value> at;
          for (int64_t dim = 0; dim < type.getRank(); ++dim)
            at.push_back(linalg::IndexOp::create(b, nested, dim));
          Value raw = isShared ? sharedStart
                               : tensor::ExtractOp::create(b, nested, adaptor.getStart(), at[0]).getResult();
          Value start = emitAsIndex(b, nested, raw, startType.getElementType());
          Value zero = createIndex(b, nested, 0), place;
          if (op.getCircular()) {
            // Distance from the start going forward around the cache.
            Value rem =
                arith::RemSIOp::create(b, nested, arith::SubIOp::create(b, nested, at[axis], start),
                                       arith::MaxSIOp::create(b, nested, size, createIndex(b, nested, 1)));
            place = s.select(s.cmp(Pred::slt, rem, zero), s.add(rem, size), rem);
          } else {
            // A write that would reach over the end is moved back inside.
            Value last = arith::SubIOp::create(b, nested, size, length);
            Value clamped =
                arith::MaxSIOp::create(b, nested, arith::MinSIOp::create(b, nested, start, last), zero);
            place = arith::SubIOp::create(b, nested, at[axis], clamped);
          }
          Value isNew = s.cmp(Pred::ult, place, length);
          at[axis] = clampIndex(b, nested, place, length);
          // Without any new entry there is nothing that could be read.
          SmallVector<Value> read = createIf(
              b, nested, isNew,
              [&](OpBuilder &then, Location thenLoc) {
                return SmallVector<Value>{tensor::ExtractOp::create(then, thenLoc, adaptor.getUpdate(), at)};
              },
              [&](OpBuilder &, Location) { return SmallVector<Value>{args[0]}; });
          return read[0];
        });
    rewriter.replaceOp(op, castToType(rewriter, loc, result, storage));
    return success();
  }
};

} // namespace

void populateAttentionLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                const LoweringContext &sizes) {
  patterns.add<LowerCacheUpdate, LowerRope>(converter, patterns.getContext(), sizes);
}

} // namespace weft::conversion
