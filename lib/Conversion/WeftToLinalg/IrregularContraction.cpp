// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers contractions that no structured op can say: grouped products, deformed convolution, linear
// attention.
#include "Contraction.h"
#include "Loops.h"
#include "Patterns.h"
#include "Scalar.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

using Pred = arith::CmpIPredicate;
using FPred = arith::CmpFPredicate;

static Type elementOf(Value value) { return typeOf(value).getElementType(); }

namespace {

/// Rows of lhs in consecutive groups, one after the other.
class LowerGroupedMatmul : public LoweringPattern<w::GroupedMatmulOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::GroupedMatmulOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType lhs = typeOf(op.getLhs()), rhs = typeOf(op.getRhs()), type = typeOf(op.getResult());
    Type compute = getContractionType(type.getElementType());
    SmallVector<OpFoldResult> outSizes = sizes.getSizes(rewriter, type);
    OpFoldResult depth = sizes.getSize(rewriter, lhs, 1);
    Value rows = toValue(rewriter, loc, outSizes[0]);
    Value zero = createScalar(rewriter, loc, compute, 0.0), start = createIndex(rewriter, loc, 0);
    // A size list that is longer than there are groups is cut off.
    Value groups = arith::MinSIOp::create(
        rewriter, loc, toValue(rewriter, loc, sizes.getSize(rewriter, typeOf(op.getSizes()), 0)),
        toValue(rewriter, loc, sizes.getSize(rewriter, rhs, 0)));
    Value result = createSequentialLoops(
        rewriter, loc, OpFoldResult(groups), {createFilled(rewriter, loc, outSizes, zero), start},
        [&](OpBuilder &b, Location at, ValueRange group, ValueRange state) -> SmallVector<Value> {
          Value raw = tensor::ExtractOp::create(b, at, adaptor.getSizes(), group[0]);
          Value left = arith::SubIOp::create(b, at, rows, state[1]);
          Value count = arith::IndexCastOp::create(b, at, b.getIndexType(), raw);
          count = arith::MinSIOp::create(b, at, arith::MaxSIOp::create(b, at, count, createIndex(b, at, 0)),
                                         left);
          Value sums = createSequentialLoops(
              b, at, {OpFoldResult(count), depth, outSizes[1]}, state[0],
              [&](OpBuilder &body, Location bodyLoc, ValueRange mkn,
                  ValueRange carried) -> SmallVector<Value> {
                Value row = arith::AddIOp::create(body, bodyLoc, state[1], mkn[0]);
                Value x = tensor::ExtractOp::create(body, bodyLoc, adaptor.getLhs(), ValueRange{row, mkn[1]});
                SmallVector<Value> place{group[0], mkn[1], mkn[2]};
                if (op.getTransposeRhs())
                  std::swap(place[1], place[2]);
                Value y = tensor::ExtractOp::create(body, bodyLoc, adaptor.getRhs(), place);
                Value target[] = {row, mkn[2]};
                Value old = tensor::ExtractOp::create(body, bodyLoc, carried[0], target);
                Value sum =
                    emitMultiplyAdd(body, bodyLoc, old, x, lhs.getElementType(), y, rhs.getElementType());
                return {tensor::InsertOp::create(body, bodyLoc, sum, carried[0], target)};
              })[0];
          return {sums, arith::AddIOp::create(b, at, state[1], count)};
        })[0];
    rewriter.replaceOp(op, finishContraction(rewriter, loc, result, type, outSizes));
    return success();
  }
};

/// Each output element sums bilinear samples at moved taps.
class LowerDeformConv : public LoweringPattern<w::DeformConvOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::DeformConvOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType input = typeOf(op.getInput()), filter = typeOf(op.getFilter()),
                     type = typeOf(op.getResult());
    bool last = op.getLayout() == w::Layout::nhwc;
    int64_t channelDim = last ? 3 : 1, rowDim = last ? 1 : 2;
    if (input.getRank() != 4 || !filter.hasStaticShape() || input.isDynamicDim(channelDim) ||
        !isa<FloatType>(type.getElementType()))
      return sizes.refuse(rewriter, op, "expects images with static channels and taps of float elements");
    Type compute = getContractionType(type.getElementType());
    int64_t features = filter.getDimSize(0) / op.getGroups(), perGroup = filter.getDimSize(channelDim);
    int64_t taps[] = {filter.getDimSize(rowDim), filter.getDimSize(rowDim + 1)};
    int64_t perOffset = input.getDimSize(channelDim) / op.getOffsetGroups();
    SmallVector<OpFoldResult> inSizes = sizes.getSizes(rewriter, input),
                              outSizes = sizes.getSizes(rewriter, type);
    auto placeOf = [&](Value n, Value c, Value y, Value x) {
      return last ? SmallVector<Value>{n, y, x, c} : SmallVector<Value>{n, c, y, x};
    };
    Value result =
        createMap(rewriter, loc, compute, outSizes, [&](OpBuilder &b, Location at, ValueRange out) -> Value {
          Value feature = out[channelDim], n = out[0];
          Value group = arith::DivUIOp::create(b, at, feature, createIndex(b, at, features));
          SmallVector<OpFoldResult> loops{b.getIndexAttr(perGroup), b.getIndexAttr(taps[0]),
                                          b.getIndexAttr(taps[1])};
          return createSequentialLoops(
              b, at, loops, createScalar(b, at, compute, 0.0),
              [&](OpBuilder &body, Location bodyLoc, ValueRange ckk, ValueRange state) -> SmallVector<Value> {
                ScalarBuilder s{body, bodyLoc};
                auto index = [&](int64_t value) { return createIndex(body, bodyLoc, value); };
                Value channel = s.add(s.mul(group, index(perGroup)), ckk[0]);
                Value offsetGroup = arith::DivUIOp::create(body, bodyLoc, channel, index(perOffset));
                Value tap =
                    s.add(s.mul(s.add(s.mul(offsetGroup, index(taps[0])), ckk[1]), index(taps[1])), ckk[2]);
                // Offsets are pairs (y, x) per tap of an offset group.
                Value place[2];
                for (int64_t i = 0; i < 2; ++i) {
                  Value number = s.add(s.mul(tap, index(2)), index(i));
                  Value raw = tensor::ExtractOp::create(body, bodyLoc, adaptor.getOffset(),
                                                        placeOf(n, number, out[rowDim], out[rowDim + 1]));
                  Value whole = s.add(s.mul(out[rowDim + i], index(op.getStrides()[i])),
                                      s.mul(ckk[1 + i], index(op.getDilations()[i])));
                  whole = arith::SubIOp::create(body, bodyLoc, whole, index(op.getPads()[i]));
                  Value wide = arith::IndexCastOp::create(body, bodyLoc, body.getI64Type(), whole);
                  Value base = arith::SIToFPOp::create(body, bodyLoc, compute, wide);
                  place[i] = s.add(base, emitToFloat(body, bodyLoc, raw, elementOf(op.getOffset()), compute));
                }
                auto plane = [&](Value y, Value x) {
                  Value raw =
                      tensor::ExtractOp::create(body, bodyLoc, adaptor.getInput(), placeOf(n, channel, y, x));
                  return emitToFloat(body, bodyLoc, raw, input.getElementType(), compute);
                };
                Value value = emitSample(s, place, toValue(body, bodyLoc, inSizes[rowDim]),
                                         toValue(body, bodyLoc, inSizes[rowDim + 1]), plane);
                Value weight = tensor::ExtractOp::create(body, bodyLoc, adaptor.getFilter(),
                                                         placeOf(feature, ckk[0], ckk[1], ckk[2]));
                Value term =
                    s.mul(value, emitToFloat(body, bodyLoc, weight, filter.getElementType(), compute));
                if (op.getMask()) {
                  Value raw = tensor::ExtractOp::create(body, bodyLoc, adaptor.getMask(),
                                                        placeOf(n, tap, out[rowDim], out[rowDim + 1]));
                  term = s.mul(term, emitToFloat(body, bodyLoc, raw, elementOf(op.getMask()), compute));
                }
                return {s.add(state[0], term)};
              })[0];
        });
    rewriter.replaceOp(op, finishContraction(rewriter, loc, result, type, outSizes));
    return success();
  }

private:
  /// Bilinear sample of a plane; neighbours outside of it are 0.
  static Value emitSample(ScalarBuilder s, ArrayRef<Value> place, Value height, Value width,
                          function_ref<Value(Value, Value)> plane) {
    Type real = place[0].getType();
    Value base[2], ratio[2], limit[2] = {height, width}, sum;
    for (int64_t i = 0; i < 2; ++i) {
      Value floor = math::FloorOp::create(s.b, s.loc, place[i]);
      ratio[i] = s.sub(place[i], floor);
      base[i] = arith::IndexCastOp::create(s.b, s.loc, s.b.getIndexType(),
                                           emitCast(s.b, s.loc, floor, real, s.b.getI64Type()));
    }
    Value one = createIndex(s.b, s.loc, 1), unit = s.real(real, 1.0), zero = s.real(real, 0.0);
    for (int part = 0; part < 4; ++part) {
      Value index[2], weight, inside;
      for (int64_t i = 0; i < 2; ++i) {
        bool isHigh = i == 0 ? part >= 2 : part % 2 != 0;
        Value raw = isHigh ? s.add(base[i], one) : base[i];
        Value own = isHigh ? ratio[i] : s.sub(unit, ratio[i]);
        weight = weight ? s.mul(weight, own) : own;
        Value here = s.cmp(Pred::ult, raw, limit[i]);
        inside = inside ? s.bitAnd(inside, here) : here;
        index[i] = clampIndex(s.b, s.loc, raw, limit[i]);
      }
      Value term = s.select(inside, s.mul(plane(index[0], index[1]), weight), zero);
      sum = sum ? s.add(sum, term) : term;
    }
    return sum;
  }
};

/// One time step of one sample and key head: the state decays, is corrected and extended, and is read.
struct LinearAttentionStep {
  w::LinearAttentionOp op;
  w::LinearAttentionOp::Adaptor adaptor;
  OpBuilder &b;
  Location loc;
  Type compute;
  OpFoldResult dk, dv;
  Value n, head, time, none; ///< `none` is the index 0

  /// An element of a tensor of the op as a number to compute with.
  Value load(OpBuilder &at, Location where, Value weft, Value tensor, ArrayRef<Value> place) {
    return emitToFloat(at, where, tensor::ExtractOp::create(at, where, tensor, place), elementOf(weft),
                       compute);
  }
  Value loadKey(OpBuilder &at, Location where, Value i) {
    return load(at, where, op.getK(), adaptor.getK(), {n, time, head, i});
  }

  Value decay(Value memory);
  /// What the step adds: the value, less what the state already says about the key.
  Value computeUpdate(Value memory, Value update);
  Value extend(Value memory, Value update);
  Value read(Value memory, Value out);
};

Value LinearAttentionStep::decay(Value memory) {
  bool isShared = typeOf(op.getDecay()).getDimSize(3) == 1;
  return createSequentialLoops(
      b, loc, {dk, dv}, memory,
      [&](OpBuilder &at, Location where, ValueRange ij, ValueRange inner) -> SmallVector<Value> {
        Value rate =
            load(at, where, op.getDecay(), adaptor.getDecay(), {n, time, head, isShared ? none : ij[0]});
        Value place[] = {n, head, ij[0], ij[1]};
        Value old = tensor::ExtractOp::create(at, where, inner[0], place);
        Value next = ScalarBuilder{at, where}.mul(old, math::ExpOp::create(at, where, rate));
        return {tensor::InsertOp::create(at, where, next, inner[0], place)};
      })[0];
}

Value LinearAttentionStep::computeUpdate(Value memory, Value update) {
  bool isDelta = op.getRule() == w::RecurrentRule::delta || op.getRule() == w::RecurrentRule::gated_delta;
  return createSequentialLoops(
      b, loc, dv, update,
      [&](OpBuilder &at, Location where, ValueRange j, ValueRange inner) -> SmallVector<Value> {
        Value value = load(at, where, op.getV(), adaptor.getV(), {n, time, head, j[0]});
        if (isDelta)
          value = createSequentialLoops(
              at, where, dk, value,
              [&](OpBuilder &deep, Location deepLoc, ValueRange i, ValueRange sum) -> SmallVector<Value> {
                ScalarBuilder s{deep, deepLoc};
                Value place[] = {n, head, i[0], j[0]};
                Value known = tensor::ExtractOp::create(deep, deepLoc, memory, place);
                return {s.sub(sum[0], s.mul(known, loadKey(deep, deepLoc, i[0])))};
              })[0];
        return {tensor::InsertOp::create(at, where, value, inner[0], j)};
      })[0];
}

Value LinearAttentionStep::extend(Value memory, Value update) {
  Value rate = createScalar(b, loc, compute, 1.0);
  if (op.getBeta()) {
    bool isShared = typeOf(op.getBeta()).getDimSize(2) == 1;
    rate = load(b, loc, op.getBeta(), adaptor.getBeta(), {n, time, isShared ? none : head});
  }
  return createSequentialLoops(
      b, loc, {dk, dv}, memory,
      [&](OpBuilder &at, Location where, ValueRange ij, ValueRange inner) -> SmallVector<Value> {
        ScalarBuilder s{at, where};
        Value place[] = {n, head, ij[0], ij[1]};
        Value old = tensor::ExtractOp::create(at, where, inner[0], place);
        Value added = tensor::ExtractOp::create(at, where, update, ij[1]);
        Value next = s.add(old, s.mul(s.mul(rate, loadKey(at, where, ij[0])), added));
        return {tensor::InsertOp::create(at, where, next, inner[0], place)};
      })[0];
}

Value LinearAttentionStep::read(Value memory, Value out) {
  int64_t group = typeOf(op.getQ()).getDimSize(2) / typeOf(op.getK()).getDimSize(2);
  return createSequentialLoops(
      b, loc, {b.getIndexAttr(group), dk, dv}, out,
      [&](OpBuilder &at, Location where, ValueRange gij, ValueRange inner) -> SmallVector<Value> {
        ScalarBuilder s{at, where};
        Value query = s.add(s.mul(head, createIndex(at, where, group)), gij[0]);
        Value x = load(at, where, op.getQ(), adaptor.getQ(), {n, time, query, gij[1]});
        Value scale = s.real(compute, op.getScale().convertToDouble());
        Value known = tensor::ExtractOp::create(at, where, memory, ValueRange{n, head, gij[1], gij[2]});
        Value target[] = {n, time, query, gij[2]};
        Value old = tensor::ExtractOp::create(at, where, inner[0], target);
        Value next = s.add(old, s.mul(s.mul(scale, x), known));
        return {tensor::InsertOp::create(at, where, next, inner[0], target)};
      })[0];
}

/// A state per sample and key head that each time step decays, corrects, extends and reads.
class LowerLinearAttention : public LoweringPattern<w::LinearAttentionOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::LinearAttentionOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType q = typeOf(op.getQ()), k = typeOf(op.getK());
    RankedTensorType type = typeOf(op.getResult()), stateType = typeOf(op.getNewState());
    if (!isa<FloatType>(q.getElementType()) || q.isDynamicDim(2) || k.isDynamicDim(2) || k.getDimSize(2) == 0)
      return sizes.refuse(rewriter, op, "expects float elements and numbers of heads known at compile time");
    Type compute = getComputeFloatType(q.getElementType());
    SmallVector<OpFoldResult> outSizes = sizes.getSizes(rewriter, type), kSizes = sizes.getSizes(rewriter, k);
    SmallVector<OpFoldResult> stateSizes = sizes.getSizes(rewriter, stateType);
    OpFoldResult dk = stateSizes[2], dv = stateSizes[3];
    Value zero = createScalar(rewriter, loc, compute, 0.0);
    Value state = op.getState() ? createElementwise(rewriter, loc, adaptor.getState(), compute, stateSizes,
                                                    [&](OpBuilder &b, Location at, ValueRange args) {
                                                      return emitToFloat(b, at, args[0],
                                                                         elementOf(op.getState()), compute);
                                                    })
                                : createFilled(rewriter, loc, stateSizes, zero);
    SmallVector<Value> initial{createFilled(rewriter, loc, outSizes, zero), state,
                               createFilled(rewriter, loc, dv, zero)};
    // Samples, key heads, then time.
    SmallVector<Value> results = createSequentialLoops(
        rewriter, loc, {kSizes[0], kSizes[2], kSizes[1]}, initial,
        [&](OpBuilder &b, Location at, ValueRange bht, ValueRange carried) -> SmallVector<Value> {
          LinearAttentionStep step{
              op, adaptor, b, at, compute, dk, dv, bht[0], bht[1], bht[2], createIndex(b, at, 0)};
          Value memory = op.getDecay() ? step.decay(carried[1]) : carried[1];
          Value update = step.computeUpdate(memory, carried[2]);
          memory = step.extend(memory, update);
          Value out = step.read(memory, carried[0]);
          return {out, memory, update};
        });
    rewriter.replaceOp(op, {finishContraction(rewriter, loc, results[0], type, outSizes),
                            finishContraction(rewriter, loc, results[1], stateType, stateSizes)});
    return success();
  }
};

} // namespace

void populateIrregularContractionLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                           const LoweringContext &sizes) {
  patterns.add<LowerDeformConv, LowerGroupedMatmul, LowerLinearAttention>(converter, patterns.getContext(),
                                                                          sizes);
}

} // namespace weft::conversion
